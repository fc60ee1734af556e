import { EXIT } from '../errors.ts';
import type { EdgeGroup, Position } from '../policy/policy.ts';
import {
  CODE_RECORD_VERSION,
  recordRelease,
  type Code,
  type CodeRecord,
  type CodeRelease,
} from '../state/code-record.ts';
import type { Direction, Refusal } from './plan.ts';

/**
 * Failed runs of both functions that new code may have during its watch. Ours never fails by itself,
 * and every failed run is a visitor without a page.
 */
const ERRORS_TOLERATED = 10;

/** How often the functions failed since the code that is being watched went out. */
export type ErrorsSeen = { readonly count: number } | { readonly unreadable: string };

/** What a group's next code is decided from. */
export interface CodeFacts {
  readonly group: EdgeGroup;
  /** What the source composes to now; or why the team's own part of it can't be composed in. */
  readonly source: Code | { readonly problem: string };
  /** What is published; undefined: not both functions are. */
  readonly live: Code | undefined;
  readonly record: CodeRecord | undefined;
  /** undefined: nothing is being watched. */
  readonly errors: ErrorsSeen | undefined;
  /** What new code waits for; undefined: nothing. */
  readonly waits: string | undefined;
  readonly now: Date;
}

export interface CodeDecision {
  /** What must run; undefined: there is nothing to run. */
  readonly code: Code | undefined;
  readonly direction: Exclude<Direction, 'none'>;
  /** The record once it runs. */
  readonly record: CodeRecord;
  readonly why: string;
  readonly refusals: readonly Refusal[];
  /** When time alone will move it on. ISO 8601. */
  readonly until?: string;
}

/** In this order: follow a pin, roll back what fails, follow the source as far as nothing holds it up. */
export function decideCode(facts: CodeFacts): CodeDecision {
  const record = facts.record ?? adoptCode(facts);
  if (facts.group.code !== 'auto') return followPin(facts, record);
  return rollBack(facts, record) ?? followSource(facts, record);
}

/** Code from before there was a record is what was good enough until now. */
function adoptCode({ group, live, now }: CodeFacts): CodeRecord {
  const releases = live === undefined ? [] : [{ ...live, at: now.toISOString(), quiet: true }];
  return { version: CODE_RECORD_VERSION, group: group.name, releases };
}

function followPin(facts: CodeFacts, record: CodeRecord): CodeDecision {
  const { group, source } = facts;
  const known = 'problem' in source ? record.releases : [source, ...record.releases];
  const pinned = known.find(({ hash }) => hash === group.code);
  if (pinned) return run(pinned, facts, { record, why: `The policy pins code ${pinned.hash}.` });
  const archived = record.releases.map(({ hash, at }) => `${hash} (${at})`).join(', ');
  const message = `code: "${group.code}" is not archived for edge group ${group.name}; archived: ${archived || 'none'}`;
  return refuse(facts, record, { message, position: group.place.code });
}

/**
 * Asks the record and not what is live: what a run left half-done, that crashed after it had
 * republished the earlier code, is finished by the next one.
 */
function rollBack({ errors, now }: CodeFacts, record: CodeRecord): CodeDecision | undefined {
  const [watched, ...earlier] = record.releases;
  const good = earlier.find(({ quiet }) => quiet);
  if (!watched || watched.quiet || !good || !hasFailed(errors)) return undefined;
  const reason = describeErrors(errors);
  const at = now.toISOString();
  const barred = { hash: watched.hash, at, reason };
  return {
    code: good,
    direction: 'rollback',
    record: { ...recordRelease(record, { ...good, at }), barred },
    why: `Code ${watched.hash} goes back to ${good.hash}: since ${watched.at} ${reason}.`,
    refusals: [],
  };
}

function followSource(facts: CodeFacts, record: CodeRecord): CodeDecision {
  const { source, waits, group } = facts;
  const [running] = record.releases;
  if ('problem' in source) {
    return refuse(facts, record, { message: source.problem, position: group.place.before });
  }
  if (running === undefined || running.hash === source.hash) return run(source, facts, { record });
  const { barred } = record;
  if (source.hash === barred?.hash) {
    const why =
      `Code ${barred.hash} was rolled back at ${barred.at}: ${barred.reason}. ` +
      `It stays out until the source changes or \`code: "${barred.hash}"\` pins it.`;
    return run(running, facts, { record, why });
  }
  if (waits === undefined) return run(source, facts, { record });
  return run(running, facts, { record, why: `Code ${source.hash} waits ${waits}.` });
}

function refuse(
  { group }: CodeFacts,
  record: CodeRecord,
  { message, position }: { readonly message: string; readonly position: Position },
): CodeDecision {
  const place = { file: group.place.file, line: position.line };
  const next = 'Correct the policy; what is published stays as it is.';
  const refusals = [{ exitCode: EXIT.usage, message, next, place }];
  return { code: record.releases[0], direction: 'forward', record, why: message, refusals };
}

interface Course {
  readonly record: CodeRecord;
  /** Why it is not simply the newest code. */
  readonly why?: string;
}

function run(code: Code, facts: CodeFacts, { record, why }: Course): CodeDecision {
  const [running] = record.releases;
  if (running?.hash === code.hash) return stay(running, facts, { record, ...(why && { why }) });
  // Nobody is served by a group's first code yet: there is nothing to watch, and nothing to go back to.
  const isFirst = running === undefined;
  const known = record.releases.find(({ hash }) => hash === code.hash);
  const quiet = isFirst || facts.group.watchSeconds === 0 || known?.quiet === true;
  const release = { ...code, at: facts.now.toISOString(), quiet };
  const follow = isFirst
    ? 'Edge code is published for the first time.'
    : 'Edge code follows its source.';
  return {
    code,
    direction: 'forward',
    record: recordRelease(record, release),
    why: why ?? follow,
    refusals: [],
  };
}

/** The same code goes on: put back where it drifted, quiet once its watch is over. */
function stay(running: CodeRelease, facts: CodeFacts, { record, why }: Course): CodeDecision {
  const isDrifted = facts.live?.hash !== running.hash;
  const watched = watch(running, facts);
  const is = isDrifted ? 'Published was something else than was released.' : watched.why;
  return {
    code: running,
    direction: isDrifted ? 'repair' : 'forward',
    record: { ...record, releases: [watched.release, ...record.releases.slice(1)] },
    why: why === undefined ? is : `${why} ${is}`,
    refusals: [],
    ...(watched.until !== undefined && { until: watched.until }),
  };
}

interface Watched {
  readonly release: CodeRelease;
  readonly why: string;
  readonly until?: string;
}

/** Quiet once its watch is over with few errors; never without having seen the figures. */
function watch(running: CodeRelease, { group, errors, now }: CodeFacts): Watched {
  if (running.quiet) return { release: running, why: `Edge code ${running.hash} stays.` };
  if (errors === undefined || 'unreadable' in errors) {
    const why = `Edge code ${running.hash} can't be watched: ${errors?.unreadable ?? 'errors were not read'}`;
    return { release: running, why };
  }
  if (hasFailed(errors)) {
    return { release: running, why: `Edge code ${running.hash} fails: ${describeErrors(errors)}.` };
  }
  const end = watchEnd(running, group);
  if (now < end) {
    const until = end.toISOString();
    return { release: running, why: `Edge code ${running.hash} is watched until ${until}.`, until };
  }
  return { release: { ...running, quiet: true }, why: `Edge code ${running.hash} is quiet.` };
}

export function watchEnd({ at }: CodeRelease, group: EdgeGroup): Date {
  return new Date(Date.parse(at) + group.watchSeconds * 1000);
}

function hasFailed(errors: ErrorsSeen | undefined): errors is { readonly count: number } {
  return errors !== undefined && 'count' in errors && errors.count > ERRORS_TOLERATED;
}

function describeErrors({ count }: { readonly count: number }): string {
  return `the functions failed ${count} times, ${ERRORS_TOLERATED} are tolerated`;
}
