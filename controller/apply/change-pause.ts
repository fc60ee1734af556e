import { ConflictError, RefusedError } from '../core/errors.ts';
import type { AppPolicy, EnvironmentPolicy } from '../core/policy/policy.ts';
import { describePause, withoutPause, withPause } from '../core/state/pause.ts';
import type { EnvironmentRecord, Pause } from '../core/state/record.ts';
import { nameMember } from '../core/state/train.ts';
import type { Context } from '../ports/context.ts';
import { ATTEMPTS, pauseBefore } from './retry.ts';

/** Where a record is: a policy that has an issue says that, too. */
interface Pausable {
  readonly app: Pick<AppPolicy, 'app' | 'bucket' | 'region'>;
  readonly environment: Pick<EnvironmentPolicy, 'name'>;
}

/**
 * A person goes before a run: it is tried again on top of what that wrote. A run that planned before
 * then finds the record moved, and stops.
 */
export async function changePause(
  context: Context,
  { app, environment }: Pausable,
  { asked, isResume }: { readonly asked: Pause; readonly isResume: boolean },
): Promise<string> {
  const records = context.records(app);
  const name = `${app.app}/${environment.name}`;
  for (let attempt = 0; attempt < ATTEMPTS.rollback; attempt++) {
    await pauseBefore(attempt, context.clock);
    const stored = await records.read(app.app, environment.name);
    if (stored === undefined) {
      const next = 'An environment without a policy, or with freeze, releases nothing.';
      throw new RefusedError(`${name} was never released: there is nothing to pause.`, next);
    }
    const { record, revision } = stored;
    if (isResume && record.pause === undefined) return `${name} is not paused.`;
    const entry = describePause(record, asked, isResume ? 'resumed' : 'paused');
    try {
      const next = isResume ? withoutPause(record, asked.at) : withPause(record, asked);
      await records.write(next, revision);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      continue;
    }
    await records.appendHistory(app.app, environment.name, entry);
    const mates = listMates(record);
    return isResume ? tellResumed(name, mates) : tellPaused(name, asked.reason, mates);
  }
  throw new ConflictError(`The record of ${name} kept moving.`);
}

/** As the record knows them: a pause must not wait for a policy to be right. */
function listMates(record: EnvironmentRecord): readonly string[] {
  const { together = [] } = record.remembered ?? {};
  return together.map(nameMember).filter((name) => name !== nameMember(record));
}

function tellPaused(name: string, reason: string, mates: readonly string[]): string {
  const others = mates.join(', ');
  const along =
    mates.length === 0
      ? ''
      : ` Together with it pause ${others}, the guard too: none of them moves or is rolled back by itself.`;
  return `${name} is paused: ${reason}.${along}`;
}

function tellResumed(name: string, mates: readonly string[]): string {
  if (mates.length === 0) return `${name} goes on by itself.`;
  return `${name} goes on by itself, with ${mates.join(', ')}, unless one of them is paused.`;
}
