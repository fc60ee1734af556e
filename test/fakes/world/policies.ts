import type {
  AppPolicy,
  EnvironmentPolicy,
  FunctionsGroup,
  LambdaGroup,
} from '../../../controller/core/policy/policy.ts';
import { GUARD } from '../guard.ts';

export const HOST = 'shop.example.com';
export const DOMAIN = 'd1.cloudfront.example';
export const ALARM = { name: 'shop-prod-errors', region: 'us-east-1' };

export const GROUP: FunctionsGroup = {
  name: 'prod',
  runtime: 'cloudfront-functions',
  keyValueStore: 'headgate-prod',
  bucket: 'builds',
  region: 'us-east-1',
  code: 'auto',
  watchSeconds: 600,
  place: {
    file: 'policies/edge.yaml',
    code: { line: 4, column: 5 },
    before: { line: 5, column: 5 },
  },
};

const { keyValueStore: _keyValueStore, ...shared } = GROUP;

/** The same environment served by Lambda@Edge: its route is in SSM and nowhere else. */
export const LAMBDA_GROUP: LambdaGroup = {
  ...shared,
  runtime: 'lambda-edge',
  role: 'arn:aws:iam::000000000000:role/headgate-edge',
  routeMaxAgeSeconds: 10,
};

export const STEPS = [
  { weightBasisPoints: 500, holdSeconds: 60 },
  { weightBasisPoints: 2500, holdSeconds: 60 },
] as const;

export function environmentPolicy(
  build: string,
  changes: Partial<EnvironmentPolicy> = {},
): EnvironmentPolicy {
  return {
    name: 'prod',
    hosts: [HOST],
    edge: { group: 'prod', distribution: 'E1EXAMPLE' },
    release: { build, line: 9, steps: STEPS, bakeSeconds: 120, keep: 3 },
    cohorts: [],
    split: [],
    preview: { access: 'open', ttlSeconds: 604_800 },
    quarantine: [],
    guard: { alarms: [ALARM], ...GUARD },
    ...changes,
  };
}

/** A cohort of one build, and a split with an arm of another. */
export function assign({
  cohort,
  arm,
}: {
  readonly cohort: string;
  readonly arm: string;
}): Pick<EnvironmentPolicy, 'cohorts' | 'split'> {
  return {
    cohorts: [{ name: 'staff', build: cohort, line: 12, cookie: { name: 'staff' } }],
    split: [{ build: arm, line: 14, weightBasisPoints: 1000 }],
  };
}

export function appPolicy(environment: EnvironmentPolicy): AppPolicy {
  return {
    app: 'shop',
    file: 'policies/shop.yaml',
    bucket: 'builds',
    region: 'us-east-1',
    spa: true,
    pool: { include: ['/assets/*'], exclude: [] },
    environments: [environment],
  };
}
