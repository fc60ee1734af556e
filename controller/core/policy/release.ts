import type { ApprovalPolicy, ReleasePolicy, SmokeCheck, Step } from './policy.ts';
import type { WrittenEnvironment } from './schema.ts';
import { parseBasisPoints, parseSeconds, wholeSeconds } from './values.ts';

type WrittenRelease = WrittenEnvironment['release'];
type WrittenStep = WrittenRelease['steps'][number];

const SESSION_IDLE = '10m';
const BAKE = '10m';

interface Preset {
  readonly steps: readonly WrittenStep[];
  readonly bake: string;
}

/** The numbers are part of the policy format: other numbers would be another name. */
const PRESETS: Readonly<Record<NonNullable<WrittenRelease['strategy']>, Preset>> = {
  canary: { steps: [{ weight: '10%', hold: '20m' }], bake: BAKE },
  linear: {
    steps: ['20%', '40%', '60%', '80%'].map((weight) => ({ weight, hold: '6m' })),
    bake: '30m',
  },
  'all-at-once': { steps: [], bake: BAKE },
};

export function completeRelease(written: WrittenRelease, line: number): ReleasePolicy {
  const {
    build,
    strategy,
    approved,
    approvalDeadline,
    smoke,
    requires,
    fastTrack,
    keep,
    sticky,
    sessionIdle = SESSION_IDLE,
  } = written;
  const preset = strategy === undefined ? { steps: written.steps, bake: BAKE } : PRESETS[strategy];
  const steps = preset.steps.map(completeStep);
  return {
    build,
    line,
    steps,
    ...(steps.some(({ approval }) => approval) && {
      approvalDeadlineSeconds: parseSeconds(approvalDeadline),
    }),
    ...(smoke.length > 0 && { smoke: smoke.map(completeCheck) }),
    ...(approved && { approved: completeApproval(approved) }),
    ...(requires.length > 0 && {
      requires: requires.map(({ environment, baked }) => ({
        environment,
        bakedSeconds: parseSeconds(baked),
      })),
    }),
    ...(fastTrack !== undefined && { fastTrackSeconds: parseSeconds(fastTrack) }),
    bakeSeconds: parseSeconds(written.bake ?? preset.bake),
    keep,
    ...(sticky === 'session' && { sessionIdleSeconds: wholeSeconds(sessionIdle) }),
  };
}

function completeApproval({
  build,
  rollout,
  weight,
}: NonNullable<WrittenRelease['approved']>): ApprovalPolicy {
  return { build, rollout, weightBasisPoints: parseBasisPoints(weight) };
}

function completeCheck({ path, status, contains }: WrittenRelease['smoke'][number]): SmokeCheck {
  return { path, status, ...(contains !== undefined && { contains }) };
}

function completeStep({ weight, hold, minVisitors }: WrittenStep): Step {
  const share = {
    weightBasisPoints: parseBasisPoints(weight),
    ...(minVisitors !== undefined && { minVisitors }),
  };
  return hold === 'approval'
    ? { ...share, holdSeconds: 0, approval: true }
    : { ...share, holdSeconds: parseSeconds(hold) };
}
