import { stringify } from 'yaml';
import { copyPolicies, type PolicyCopy } from '../../controller/core/policy/policy-copy.ts';
import { readPolicies } from '../../controller/core/policy/read-policies.ts';
import type { Context } from '../../controller/ports/context.ts';
import { CODE_RECORD_VERSION } from '../../controller/core/state/code-record.ts';
import { EDGE_FEATURES } from '../../edge/contract/features.ts';
import type { Stage } from './stage.ts';
import type { Train } from './train.ts';

const PLACE = { bucket: 'builds', region: 'us-east-1' };
const WRITTEN = {
  commit: 'f'.repeat(40),
  committedAt: undefined,
  at: '2026-03-01T00:00:00Z',
  by: 'tester',
};
const STEPS = [
  { weight: '5%', hold: '1m' },
  { weight: '25%', hold: '1m' },
];

/** What `reconcile` would have written of both apps' policies, as they are now. */
export function copiesOf({ stages }: Train): readonly PolicyCopy[] {
  const edge = {
    apiVersion: 'headgate/v1',
    groups: {
      prod: { runtime: 'cloudfront-functions', keyValueStore: 'headgate-prod', ...PLACE },
    },
    together: [['shop/prod', 'checkout/prod']],
  };
  const texts = [
    { file: 'edge.yaml', text: stringify(edge) },
    ...stages.map((stage) => ({ file: `${stage.app}.yaml`, text: stringify(appOf(stage)) })),
  ];
  const read = readPolicies(texts);
  if (read.issues.length > 0) throw new Error(JSON.stringify(read.issues));
  return copyPolicies({ ...WRITTEN, read, texts });
}

function appOf({ app, policy }: Stage) {
  const { hosts, edge, release, guard } = policy;
  const prod = {
    hosts,
    edge,
    release: { build: release.build, steps: STEPS, bake: '2m' },
    guard: { alarms: guard.alarms },
  };
  return { apiVersion: 'headgate/v1', app, ...PLACE, environments: { prod } };
}

/** The bucket's copies and code record; reading of a copy may do something else's work. */
export function copiesIn(
  copies: readonly PolicyCopy[],
  read: (app: string) => void = () => {},
): Pick<Context, 'policyCopies' | 'codeRecords'> {
  const features = EDGE_FEATURES;
  const release = { hash: 'a'.repeat(16), at: '2026-03-01T00:00:00Z', quiet: true, features };
  const record = { version: CODE_RECORD_VERSION, group: 'prod', releases: [release] } as const;
  const readOnly = () => Promise.reject(new Error('only reconcile writes it'));
  return {
    policyCopies: () => ({
      read: async (app) => {
        read(app);
        const copy = copies.find((one) => one.app === app);
        return copy && { copy, revision: JSON.stringify(copy) };
      },
      write: readOnly,
    }),
    codeRecords: () => ({ read: async () => ({ record, revision: '1' }), write: readOnly }),
  };
}
