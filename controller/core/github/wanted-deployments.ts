/** The deployments that an environment should have at GitHub, by its record. */
import { presentStep, dueTime } from '../rollout/step.ts';
import { cutText } from '../report/cut.ts';
import { readTimes } from '../report/times.ts';
import type { EnvironmentPolicy } from '../policy/policy.ts';
import { nameBuild, startWith, type Build } from '../state/build.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import { servedOf } from '../state/served.ts';
import type { DeploymentPayload, DeploymentStatus } from './deployment.ts';
import type { Start } from './start.ts';

/** What of an environment is shown. */
export interface Shown {
  readonly record: EnvironmentRecord;
  readonly policy: EnvironmentPolicy;
  /** undefined: nobody knows what the policy in force asks for, so what is shown of it stays. */
  readonly start: Start | undefined;
}

export interface Wanted extends DeploymentStatus {
  readonly state: 'queued' | 'in_progress' | 'success' | 'failure';
  /** With which it is created where nothing stands for it. */
  readonly payload: DeploymentPayload;
}

/** Of a rollout that has not begun. */
export const QUEUED = 'queued';

/** GitHub keeps as many characters of a description. */
const DESCRIPTION_LIMIT = 140;

/**
 * In the order in which they came to be. What serves everyone is there in every case, so that GitHub
 * names it beside a canary, and after a rollback.
 *
 * Worked example: 1042 is stable, 1043 rolls out, and the policy already names 1044, which a freeze keeps
 * back: 1042 `success`, 1043 `in_progress`, 1044 `queued`.
 */
export function listWanted(shown: Shown): readonly Wanted[] {
  return [
    wantStable(shown.record),
    ...wantHeld(shown.record),
    ...wantRollout(shown),
    ...wantQueued(shown),
  ];
}

function wantStable(record: EnvironmentRecord): Wanted {
  const { stable, generation } = record;
  const since = servedOf(record).find(({ build }) => build.digest === stable.digest)?.since;
  return {
    state: 'success',
    payload: payloadOf(record, stable, since ?? record.last.at),
    description: cut(`${startWith(stable)} is stable (generation ${generation}).`),
  };
}

/** Until the hold ends; afterwards it is history. */
function wantHeld(record: EnvironmentRecord): readonly Wanted[] {
  const { hold, quarantine } = record;
  const barred = quarantine.find(
    ({ rollback, build }) => rollback === hold?.rollback && build.digest === hold.build.digest,
  );
  if (barred === undefined) return [];
  const { build, at } = barred;
  const payload = payloadOf(record, build, at);
  return [{ state: 'failure', payload, description: describeRollback(barred) }];
}

function wantRollout({ record, policy }: Shown): readonly Wanted[] {
  const { rollout } = record;
  if (rollout === undefined) return [];
  const payload = payloadOf(record, rollout.canary, rollout.startedAt);
  return [{ state: 'in_progress', payload, description: describeRollout(policy, rollout) }];
}

function wantQueued({ record, start }: Shown): readonly Wanted[] {
  if (start?.kind !== 'kept-back') return [];
  const served = [record.stable, record.rollout?.canary, record.hold?.build];
  // Another run may have started it since this one was planned.
  if (served.some((build) => build?.digest === start.build.digest)) return [];
  const payload = payloadOf(record, start.build, QUEUED);
  return [{ state: 'queued', payload, description: cut(start.why) }];
}

function payloadOf(
  { app, environment }: EnvironmentRecord,
  { build, digest }: Build,
  rollout: string,
): DeploymentPayload {
  return { app, environment, build, digest, rollout };
}

function describeRollout(
  policy: EnvironmentPolicy,
  rollout: NonNullable<EnvironmentRecord['rollout']>,
): string {
  const { steps, bakeSeconds } = policy.release;
  const isBaking = rollout.weightBasisPoints === EVERYONE;
  const share = isBaking ? 'Everyone gets it' : `${rollout.weightBasisPoints / 100} % of visitors`;
  const step = isBaking ? '' : `, step ${rollout.step + 1} of ${Math.max(steps.length, 1)}`;
  const due = new Date(dueTime(policy, rollout)).toISOString();
  // A policy that can't be used tells no times.
  const isKnown = isBaking ? bakeSeconds > 0 : steps.length > 0;
  const isAsked = !isBaking && presentStep(policy, rollout)?.approval === true;
  const next = isAsked ? 'until somebody approves' : `not before ${due}`;
  const then = isBaking ? `baking until ${due} at least` : `next step ${next}`;
  return cut(`${share}${step}${isKnown ? `; ${then}` : ''}.`);
}

/** Of the rollback that barred it. */
export function describeRollback({
  rollback,
  reason,
}: EnvironmentRecord['quarantine'][number]): string {
  return cut(`Rolled back in generation ${rollback}: ${reason}`);
}

/** Why one that is not wanted any more has ended. */
export function describeEnd({ rollout, stable }: EnvironmentRecord): string {
  const end = `Not served any more: ${nameBuild(stable)} is stable`;
  return cut(rollout === undefined ? `${end}.` : `${end}, ${nameBuild(rollout.canary)} rolls out.`);
}

/** One line of plain text: reasons are other people's words. */
function cut(text: string): string {
  return cutText(
    readTimes(text)
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .trim(),
    DESCRIPTION_LIMIT,
  );
}
