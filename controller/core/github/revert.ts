/** Whether a rollback wants the policy edited, and how: what a revert pull request is made from. */
import { parseApp } from '../policy/parse.ts';
import type { PolicyText } from '../policy/source.ts';
import type { WrittenEnvironment } from '../policy/schema.ts';
import type { Build } from '../state/build.ts';
import { applyLifts, listBars } from '../state/quarantine.ts';
import type { EnvironmentRecord, Quarantine } from '../state/record.ts';
import { findBuild, replaceBuild } from './edit-build.ts';

export const REVERT_LABEL = 'headgate:revert';

/** A held environment: what it was held for, and on what. */
export interface Held {
  readonly app: string;
  readonly environment: string;
  /** Generation of the last rollback: what the pull request is named by. */
  readonly rollback: number;
  readonly stable: Build;
  readonly quarantine: readonly Quarantine[];
}

/** An entry beside the release that names the build as well: people decide about it. */
export interface NamedToo {
  readonly what: string;
  readonly line: number;
}

export interface RevertEdit {
  readonly kind: 'edit';
  readonly file: string;
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** The build that the policy names, and the one it will name. */
  readonly from: string;
  readonly to: string;
  /** Of `from`: each needs a lift before it may be released again. */
  readonly bars: readonly Quarantine[];
  /** The environment has lifts already, so a further one joins them. */
  readonly hasLifts: boolean;
  readonly namedToo: readonly NamedToo[];
}

export type Revert =
  | RevertEdit
  /** There is nothing to open, now or later. `isStable`: because the policy names what everyone gets. */
  | { readonly kind: 'none'; readonly why: string; readonly isStable?: true }
  /** There would be, once a person has mended the file. */
  | { readonly kind: 'obstacle'; readonly why: string; readonly next: string };

/** undefined: the environment isn't held, so no policy keeps it there. */
export function heldOf(record: EnvironmentRecord): Held | undefined {
  const { app, environment, phase, stable, quarantine, hold, marker, generation } = record;
  if (phase !== 'held') return undefined;
  // Held for one build, a person may have gone back further: the newest rollback says to what.
  const rollback = marker?.gen ?? hold?.rollback ?? generation;
  return { app, environment, rollback, stable, quarantine };
}

/** Begins the branches of all revert pull requests. */
export const REVERT_BRANCHES = 'headgate/revert/';

/** Of one environment. */
export function revertBranches({ app, environment }: Pick<Held, 'app' | 'environment'>): string {
  return `${REVERT_BRANCHES}${app}/${environment}/`;
}

/** One for each rollback, so that nobody opens two. */
export function revertBranch(held: Held): string {
  return `${revertBranches(held)}${held.rollback}`;
}

/**
 * The edit that makes the policy name what everyone gets since the rollback. The same after a rollback by
 * hand, with `--to` as well: as long as the policy names a barred build, the hold keeps every merge from
 * taking effect.
 *
 * Worked example: 1043 was rolled back, stable is 1042. A file that names "1043" gets "1042"; one that
 * names 1044, or lifts the quarantine of 1043, is left alone: somebody has decided already.
 */
export function planRevert(held: Held, source: PolicyText): Revert {
  const { environment, stable, quarantine } = held;
  const { file, text } = source;
  const place = findBuild(text, environment);
  if (place.kind === 'no-environment') {
    return { kind: 'none', why: `${file} has no environment ${environment} any more` };
  }
  if (place.kind === 'unclear') return obstacle(held, `${file} is not edited: ${place.why}`);
  const written = readEnvironment(source, held);
  if ('issue' in written) return obstacle(held, `${file} has an issue: ${written.issue}`);
  const from = written.release.build;
  const to = stable.build;
  if (from === to) return { kind: 'none', why: `${file} names ${to} already`, isStable: true };
  const bars = listBarsOf(applyLifts(quarantine, written.quarantine), from);
  if (bars.length === 0) {
    const wasBarred = quarantine.some(({ build }) => build.build === from);
    const why = wasBarred
      ? `${file} lifts the quarantine of ${from} already`
      : `${file} names another build already, ${from}`;
    return { kind: 'none', why };
  }
  const edited = replaceBuild(text, place, to);
  const after = readEnvironment({ file, text: edited }, held);
  if ('issue' in after || after.release.build !== to) {
    return obstacle(held, `${file} is not edited: what came out would not name ${to}`);
  }
  const { line } = place;
  const hasLifts = written.quarantine.length > 0;
  const namedToo = listNamedToo(source, environment, { written, build: from });
  return { kind: 'edit', file, text: edited, line, from, to, bars, hasLifts, namedToo };
}

function obstacle({ environment, stable }: Held, why: string): Revert {
  const next =
    `Mend it, or write build: "${stable.build}" into \`release\` of ${environment} yourself; ` +
    'the next run with --github looks again.';
  return { kind: 'obstacle', why, next };
}

/** The environment as the policy has it, or the first reason why it can't be used. */
function readEnvironment(
  source: PolicyText,
  { app, environment }: Held,
): WrittenEnvironment | { readonly issue: string } {
  const { written, issues } = parseApp(source);
  // Not by name alone: an environment may be called `constructor`.
  const found = new Map(Object.entries(written?.environments ?? {})).get(environment);
  if (found !== undefined) return found;
  const name = `${app}/${environment}`;
  const own = issues.filter(
    (issue) => issue.environment === undefined || issue.environment === name,
  );
  const [first] = own.toSorted((a, b) => a.line - b.line);
  return { issue: first === undefined ? 'unknown' : `line ${first.line}: ${first.message}` };
}

/** By its number, and whatever else has the same files: a lift of one of them would not be enough. */
function listBarsOf(quarantine: readonly Quarantine[], number: string): readonly Quarantine[] {
  const own = quarantine.filter(({ build }) => build.build === number);
  const alike = own.flatMap(({ build }) =>
    build.digest === '' ? [] : listBars(quarantine, build),
  );
  return quarantine.filter((entry) => own.includes(entry) || alike.includes(entry));
}

function listNamedToo(
  source: PolicyText,
  environment: string,
  { written, build }: { written: WrittenEnvironment; build: string },
): readonly NamedToo[] {
  const { locate } = parseApp(source).source;
  const list = (kind: 'cohorts' | 'split', what: (index: number) => string) =>
    written[kind].flatMap((entry, index) =>
      entry.build === build
        ? [
            {
              what: what(index),
              line: locate(['environments', environment, kind, index, 'build']).line,
            },
          ]
        : [],
    );
  return [
    ...list('cohorts', (index) => `cohort ${written.cohorts[index]?.name ?? ''}`),
    ...list('split', () => `split arm ${build}`),
  ];
}
