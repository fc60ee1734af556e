import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { subjectOfRecord } from '../core/plan/subject-of-record.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import { locateTogether } from '../core/state/remember.ts';
import { nameMember, type TrainMember } from '../core/state/train.ts';
import type { Context } from '../ports/context.ts';
import { readForRollback, type StoredRecord } from './for-rollback.ts';

/** No rollback waits longer for those that go along: the SDK would try for minutes. */
const PATIENCE_MILLISECONDS = 2000;

export interface Mates {
  readonly mates: readonly EnvironmentFacts[];
  /** Of those that go without. */
  readonly problems: readonly string[];
}

interface Given {
  /** What it is known by: its record, and the policies where they are at hand. */
  readonly record: EnvironmentRecord | undefined;
  readonly policies?: readonly EnvironmentSubject[];
}

/**
 * What a rollback needs to know of the environments that move together with this one. They are those that
 * its record remembers, and those that its policy names: the rollout may have begun by either. One that
 * can't be read, or not in time, is left to the next run: nobody waits for it.
 */
export async function readMates(
  context: Context,
  subject: EnvironmentSubject,
  given: Given,
): Promise<Mates> {
  const places = findPlaces(subject, given.record);
  const read = await Promise.all(
    places.map((place) => readInTime(context, place, () => readMate(context, place, given))),
  );
  return {
    mates: read.flatMap(({ facts }) => facts ?? []),
    problems: read.flatMap(({ problem }) => problem ?? []),
  };
}

function findPlaces(
  subject: EnvironmentSubject,
  record: EnvironmentRecord | undefined,
): readonly TrainMember[] {
  const { app, environment } = subject;
  const own = nameMember({ app: app.app, environment: environment.name });
  const all = [record, record?.intent].flatMap((one) => one?.remembered?.together ?? []);
  const named = new Map(
    [...all, ...locateTogether(subject)].map((place) => [nameMember(place), place]),
  );
  named.delete(own);
  return [...named.values()];
}

interface Read {
  readonly facts?: EnvironmentFacts;
  readonly problem?: string;
}

async function readInTime(
  { clock }: Context,
  place: TrainMember,
  read: () => Promise<EnvironmentFacts>,
): Promise<Read> {
  const over = new AbortController();
  const explain = (why: string): Read => ({
    problem: `${nameMember(place)} moves together with it and stays where it is: ${why}`,
  });
  const late = async (): Promise<Read> => {
    await clock.sleep(PATIENCE_MILLISECONDS, over.signal);
    return explain(`it could not be read within ${PATIENCE_MILLISECONDS / 1000} s`);
  };
  try {
    return await Promise.race([read().then((facts): Read => ({ facts })), late()]);
  } catch (error) {
    return explain(error instanceof Error ? error.message : String(error));
  } finally {
    over.abort();
  }
}

/** By its record; where that can't be used, by its policy and the live route. */
async function readMate(
  context: Context,
  place: TrainMember,
  { policies = [] }: Given,
): Promise<EnvironmentFacts> {
  const { app, environment } = place;
  const policy = policies.find((one) => {
    return one.app.app === app && one.environment.name === environment;
  });
  const stored = await readRecord(context, place, policy);
  if (stored === undefined) {
    if (policy === undefined) throw new Error('there is no record of it');
    return (await readForRollback(context, policy)).facts;
  }
  const { intent = stored.record } = stored.record;
  const subject = policy ?? subjectOfRecord(intent, { ...place, file: 'the record' });
  return (await readForRollback(context, subject, stored)).facts;
}

/** A record that can't be used stops nothing where a policy says what it would. */
async function readRecord(
  context: Context,
  place: TrainMember,
  policy: EnvironmentSubject | undefined,
): Promise<StoredRecord> {
  try {
    return await context.records(place).read(place.app, place.environment);
  } catch (error) {
    if (policy === undefined) throw error;
    return undefined;
  }
}
