import { defineConfig } from 'vitest/config';
import { full } from './depth.ts';
import { suiteMinutes } from './suite-minutes.ts';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    // The SDK's advice on Node versions: package.json pins both.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    globalSetup: ['./global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    reporters: full ? ['default', suiteMinutes] : ['default'],
    pool: 'threads',
    maxWorkers: 2,
  },
});
