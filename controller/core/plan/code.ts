import type { EdgeFeature } from '../../../edge/contract/features.ts';
import { EXIT } from '../errors.ts';
import type { EdgeGroup, Position } from '../policy/policy.ts';
import {
  CODE_RECORD_VERSION,
  findFailure,
  forRuntime,
  recordFailure,
  recordRelease,
  type Code,
  type CodeRecord,
  type CodeRelease,
} from '../state/code-record.ts';
import { describeErrors, hasFailed, watch, type ErrorsSeen } from './code-watch.ts';
import type { Direction, Refusal } from './plan.ts';

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
  /** What live routes need the code for: a rollback never goes to code without it. */
  readonly relies: readonly EdgeFeature[];
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
  const { record: stored, group } = facts;
  const record = stored === undefined ? adoptCode(facts) : forRuntime(stored, group.runtime);
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
function rollBack(facts: CodeFacts, record: CodeRecord): CodeDecision | undefined {
  const { errors, relies, now } = facts;
  const [watched, ...earlier] = record.releases;
  const quiet = earlier.filter((release) => release.quiet);
  if (!watched || watched.quiet || quiet.length === 0 || !hasFailed(errors)) return undefined;
  const reason = describeErrors(errors);
  const good = quiet.find(({ features }) => relies.every((one) => features.includes(one)));
  if (good === undefined) return stayFailing(facts, record, { watched, quiet, reason });
  const at = now.toISOString();
  return {
    code: good,
    direction: 'rollback',
    record: recordRelease(recordFailure(record, watched.hash, { at, reason }), { ...good, at }),
    why: `Code ${watched.hash} goes back to ${good.hash}: since ${watched.at} ${reason}.`,
    refusals: [],
  };
}

interface Failing {
  readonly watched: CodeRelease;
  readonly quiet: readonly CodeRelease[];
  readonly reason: string;
}

/** Code that fails now and then still holds the gate; code without one would open it to everyone. */
function stayFailing(
  { source, live, group, relies }: CodeFacts,
  record: CodeRecord,
  { watched, quiet, reason }: Failing,
): CodeDecision | undefined {
  // What is refused writes nothing, and code without the gate must not go on running.
  if (live?.hash !== watched.hash) return undefined;
  // A mended source is the better way out.
  if ('hash' in source && source.hash !== watched.hash && !findFailure(record, source.hash)) {
    return undefined;
  }
  const lacking = quiet.map(({ hash, features }) => {
    const missing = relies.filter((one) => !features.includes(one));
    return `${hash} has no ${missing.join(', ')}`;
  });
  const message =
    `Code ${watched.hash} of edge group ${group.name} fails (since ${watched.at} ${reason}) and stays: ` +
    `live routes rely on ${relies.join(', ')}, and ${lacking.join('; ')}`;
  const next =
    'Mend the code (`before`, or the version of Headgate) and reconcile. To go back all the same, pin it ' +
    `with \`code: "${quiet[0]?.hash}"\`; what it lacks is then not enforced.`;
  const refusals = [{ exitCode: EXIT.unsafe, message, next, place: placeOf(group) }];
  return { code: watched, direction: 'forward', record, why: `${message}.`, refusals };
}

function placeOf({ place }: EdgeGroup): NonNullable<Refusal['place']> {
  return { file: place.file, line: place.code.line };
}

function followSource(facts: CodeFacts, record: CodeRecord): CodeDecision {
  const { source, waits, group } = facts;
  const [running] = record.releases;
  if ('problem' in source) {
    return refuse(facts, record, { message: source.problem, position: group.place.before });
  }
  if (running === undefined || running.hash === source.hash) return run(source, facts, { record });
  const failure = findFailure(record, source.hash);
  if (failure !== undefined) {
    const why =
      `Code ${source.hash} was rolled back at ${failure.at}: ${failure.reason}. ` +
      `It stays out until the source changes or \`code: "${source.hash}"\` pins it.`;
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
  const { hash, features, request, response } = code;
  const parts = {
    ...(request !== undefined && { request }),
    ...(response !== undefined && { response }),
  };
  // Pinned by a person: that it failed once is over.
  const release = { hash, ...parts, features, at: facts.now.toISOString(), quiet };
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
