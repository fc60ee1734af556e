/** What a revert pull request says: what happened, by which evidence, and what merging it does. */
import type { Held, RevertEdit } from '../github/revert.ts';
import type { AlarmEntry } from '../rollout/fired.ts';
import { readFired } from '../rollout/fired.ts';
import { describeBuild, nameBuild, startWith, type Build } from '../state/build.ts';
import { exampleLifts } from '../state/quarantine.ts';
import type { HistoryEntry } from '../state/record.ts';
import type { RollbackMarker } from '../../../edge/contract/route.ts';
import { cutText } from './cut.ts';
import { describeDuration, secondsBetween } from './duration.ts';
import { escapeMarkdown, toCode } from './markdown.ts';
import { hasArrived, type Propagation, type Seen } from './seen.ts';
import { readTimes } from './times.ts';

/** All that is known of one rollback when its pull request is opened. */
export interface RevertStory {
  readonly held: Held;
  readonly edit: RevertEdit;
  /** The barred build. */
  readonly build: Build;
  readonly marker: RollbackMarker | undefined;
  /** Of the rollback, and of the beginning of what it ended; undefined: the history has no such entry. */
  readonly rolledBack: HistoryEntry | undefined;
  readonly began: HistoryEntry | undefined;
  readonly sighting:
    | { readonly seen: readonly Seen[]; readonly propagation?: Propagation }
    | undefined;
  /** What the same write rolled back: each has a pull request of its own. */
  readonly mates: readonly string[];
  /** Of the run that opens it. */
  readonly runUrl: string | undefined;
}

/** GitHub takes 65,536 characters; the evidence is in the history whole. */
const EVIDENCE_LINES = 40;
const LINE_LENGTH = 600;

export function revertTitle({ held, edit }: Pick<RevertStory, 'held' | 'edit'>): string {
  const { app, environment, rollback } = held;
  return `Revert ${app}/${environment} to ${edit.to}: ${edit.from} was rolled back (rollback ${rollback})`;
}

export function renderRevert(story: RevertStory): string {
  const sections = [
    [sayWhat(story)],
    ['### Evidence', '', ...renderFacts(story)],
    renderEvidence(story),
    ['### What merging does', '', ...sayMerge(story)],
    [`### To try ${escapeMarkdown(nameBuild(story.build))} again`, '', ...sayAgain(story)],
    ...(story.edit.namedToo.length > 0 ? [sayNamedToo(story)] : []),
  ];
  const body = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${body.join('\n\n')}\n`;
}

function sayWhat({ held, build, marker, rolledBack }: RevertStory): string {
  const { app, environment, stable } = held;
  const at = decidedAt(marker, rolledBack);
  const why = WHY[marker?.reason ?? 'manual'];
  const when = at === undefined ? '' : ` at ${readTimes(at)}`;
  return (
    `**${escapeMarkdown(startWith(build))} was rolled back in ${app}/${environment}**${when}, ${why}. ` +
    `${escapeMarkdown(startWith(stable))} serves everyone again, and ${environment} stays on it until the policy names another build than ${toCode(build.build)}.`
  );
}

const WHY: Readonly<Record<RollbackMarker['reason'], string>> = {
  alarm: 'because the guard of its rollout failed',
  'no-data': 'because no evidence came in time that it works',
  expired: 'because nobody approved it in time',
  manual: 'by hand',
};

/** What is adopted from the edge alone was decided before anybody wrote it down: then the route's second counts. */
function decidedAt(
  marker: RollbackMarker | undefined,
  rolledBack: HistoryEntry | undefined,
): string | undefined {
  if (marker === undefined) return rolledBack?.at;
  const isSame = rolledBack && Math.floor(Date.parse(rolledBack.at) / 1000) === marker.at;
  return isSame === true ? rolledBack?.at : new Date(marker.at * 1000).toISOString();
}

function renderFacts(story: RevertStory): readonly string[] {
  const { held, build, marker, rolledBack, began, runUrl } = story;
  const at = decidedAt(marker, rolledBack);
  const rows: readonly (readonly [string, string] | undefined)[] = [
    ['build', `${toCode(describeBuild(build))}, digest ${toCode(build.digest) || 'unknown'}`],
    began && ['rollout began', `${began.at}, generation ${began.generation}${sayCommit(began)}`],
    ...listFired(rolledBack).map(
      ({ name, at: since }) => ['alarm', `${toCode(name)} entered ALARM at ${since}`] as const,
    ),
    at === undefined ? undefined : ['rolled back', `${at}${sayBy(rolledBack)}`],
    sayAlarmToWrite(listFired(rolledBack), at),
    ['rollback', `generation ${held.rollback}, reason ${toCode(marker?.reason ?? 'unknown')}`],
    story.mates.length === 0
      ? undefined
      : [
          'together with',
          `${story.mates.map(toCode).join(', ')}: reverted by pull requests of their own`,
        ],
    ['seen by visitors', sayPropagation(story)],
    runUrl === undefined ? undefined : ['opened by', `[this run](${runUrl})`],
  ];
  const lines = rows.flatMap((row) =>
    row === undefined ? [] : [`| ${row[0]} | ${readTimes(row[1])} |`],
  );
  return ['| | |', '| --- | --- |', ...lines];
}

function sayCommit({ commit }: HistoryEntry): string {
  return commit === undefined ? '' : `, by policy commit ${toCode(commit.slice(0, 10))}`;
}

function sayBy(rolledBack: HistoryEntry | undefined): string {
  return rolledBack === undefined ? '' : `, by ${toCode(rolledBack.by)}`;
}

/** Of several the last one made it enough; one that came after the decision had no part in it. */
function sayAlarmToWrite(
  fired: readonly AlarmEntry[],
  decided: string | undefined,
): readonly [string, string] | undefined {
  const [last] = fired
    .map(({ at }) => secondsBetween(at, decided ?? at))
    .filter((seconds) => seconds >= 0)
    .toSorted((a, b) => a - b);
  if (last === undefined || decided === undefined) return undefined;
  const text = last < 60 ? `${last.toFixed(1)} s` : describeDuration(last);
  return ['alarm to write', `**${text}** to the decision; the pointer is the next write`];
}

function listFired(rolledBack: HistoryEntry | undefined): readonly AlarmEntry[] {
  return (rolledBack?.evidence ?? []).flatMap((line) => readFired(line) ?? []);
}

/** One location answers for each host; others may be behind it. */
function sayPropagation({ held, sighting }: RevertStory): string {
  if (sighting === undefined) return 'nobody asked';
  const { seen, propagation } = sighting;
  const arrived = seen.filter((one) => hasArrived([one], held.rollback));
  if (propagation !== undefined) {
    const limit = propagation.isAtMost ? 'at most ' : '';
    return `at every host (${seen.length}), ${limit}${propagation.seconds.toFixed(1)} s after it was decided`;
  }
  const behind = seen
    .filter((one) => !arrived.includes(one))
    .map(({ host, generation, problem }) =>
      generation === undefined
        ? `${toCode(host)}: ${escapeMarkdown(problem ?? 'no answer')}`
        : `${toCode(host)}: generation ${generation} still`,
    );
  const rest = behind.length === 0 ? '' : ` (${behind.join('; ')})`;
  return `at ${arrived.length} of ${seen.length} hosts when this was opened${rest}; \`headgate status --probe\` asks again`;
}

/** In a fence nothing is a mention, a link or a tag; ours is longer than any in the text. */
function renderEvidence({ rolledBack }: RevertStory): readonly string[] {
  const evidence = rolledBack?.evidence ?? [];
  if (evidence.length === 0) return ['The history has no evidence of it.'];
  const lines = evidence.slice(0, EVIDENCE_LINES).map(oneLine);
  const left = evidence.length - lines.length;
  const runs = lines.join('\n').match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
  const more = left > 0 ? [`... and ${left} more in \`headgate history\``] : [];
  return [`${fence}text`, ...lines, fence, ...more];
}

function oneLine(text: string): string {
  const flat = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll(/\p{Cf}/gu, '');
  return cutText(readTimes(flat), LINE_LENGTH);
}

function sayMerge({ held, edit }: RevertStory): readonly string[] {
  const { environment, stable } = held;
  return [
    `- It changes one value: \`release.build\` of \`${environment}\`, ${toCode(edit.file)} line ${edit.line}, from \`"${edit.from}"\` to \`"${edit.to}"\`.`,
    `- **No change for visitors**: ${escapeMarkdown(nameBuild(stable))} serves everyone already.`,
    `- It ends the hold: what git says is what is served, and the next release starts as usual.`,
    `- ${toCode(edit.from)} stays quarantined. A policy that names it again is refused until its quarantine is lifted.`,
    '- To fix forward, name the new build instead: that ends the hold too, and the run that does it closes this.',
  ];
}

function sayAgain({ held, edit }: RevertStory): readonly string[] {
  const { environment } = held;
  const lifts = exampleLifts(edit.bars);
  const line = edit.hasLifts
    ? [`# one entry more in quarantine of ${environment}`, lifts]
    : [`# beside release of ${environment}`, `quarantine: [${lifts}]`];
  return [
    `Name \`"${edit.from}"\` in \`release.build\` (or, instead of merging this, leave it there), and say why it is safe now:`,
    '',
    '```yaml',
    ...line,
    '```',
    '',
    'A lift counts for this one rollback and no later one.',
  ];
}

function sayNamedToo({ edit }: RevertStory): readonly string[] {
  return [
    `### Also names ${edit.from}`,
    '',
    ...edit.namedToo.map(
      ({ what, line }) =>
        `- ${toCode(what)}, ${toCode(edit.file)} line ${line} on the base branch: left as it is. While the quarantine lasts it has no effect.`,
    ),
  ];
}
