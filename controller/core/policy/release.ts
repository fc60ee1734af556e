import type { ReleasePolicy, Step } from './policy.ts';
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
    requires,
    fastTrack,
    keep,
    sticky,
    sessionIdle = SESSION_IDLE,
  } = written;
  const preset = strategy === undefined ? { steps: written.steps, bake: BAKE } : PRESETS[strategy];
  return {
    build,
    line,
    steps: preset.steps.map(completeStep),
    ...(approved && {
      approved: {
        build: approved.build,
        rollout: approved.rollout,
        weightBasisPoints: parseBasisPoints(approved.weight),
      },
    }),
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

function completeStep({ weight, hold }: WrittenStep): Step {
  const weightBasisPoints = parseBasisPoints(weight);
  return hold === 'approval'
    ? { weightBasisPoints, holdSeconds: 0, approval: true }
    : { weightBasisPoints, holdSeconds: parseSeconds(hold) };
}
