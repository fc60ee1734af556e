import { defineConfig } from 'vitest/config';
import { EDGE_FEATURES } from '../edge/contract/features.ts';
import { full } from './depth.ts';
import { LongFirst } from './long-first.ts';
import { PATIENCE } from './patience.ts';
import { suiteMinutes } from './suite-minutes.ts';

export default defineConfig({
  // The edge's core runs with everything; its bundles are tested with what they are composed of.
  define: Object.fromEntries(EDGE_FEATURES.map((one) => [`FEATURE_${one.toUpperCase()}`, 'true'])),
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    // The SDK's advice on Node versions: package.json pins both.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    globalSetup: ['./global-setup.ts'],
    setupFiles: ['./same-chance.ts'],
    // Of what hangs. No test may fail because a machine is slow, so nothing that works comes near these.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: PATIENCE },
    reporters: full ? ['default', suiteMinutes] : ['default'],
    pool: 'threads',
    maxWorkers: 2,
    // The AWS SDK and composed edge code are loaded once per worker and not once per file, which took a
    // third of the time. So a test file puts back what it changes of `process` (`vi.unstubAllEnvs`).
    isolate: false,
    sequence: { sequencer: LongFirst },
  },
});
