/**
 * Which event leads from where to where, and what a run may say instead of moving: closed tables.
 * `advance` keeps to them; the diagram in controller/README.md is made from them.
 */
import type { Event, Phase } from '../state/record.ts';
import type { Stay } from './decision.ts';

/** `unreleased`: there is no record. */
export type From = Phase | 'unreleased';

interface Transition {
  readonly from: readonly From[];
  /** `same`: it stays in its phase. */
  readonly to: readonly Phase[] | 'same';
  /** For the diagram. */
  readonly when: string;
  /** Gives a build to more visitors: a freeze keeps it back. */
  readonly isForward?: true;
  /** Ends something, so that people want to hear of it: `notify` does. */
  readonly isTold?: true;
}

const ROLLOUT = ['rolling', 'baking'] as const;
const RELEASED = ['idle', 'rolling', 'baking', 'held'] as const;
const ANYWHERE = ['unreleased', ...RELEASED] as const;

export const TRANSITIONS: Readonly<Record<Event, Transition>> = {
  'first-release': {
    from: ['unreleased'],
    to: ['idle'],
    when: 'the first build',
    isForward: true,
    isTold: true,
  },
  'rollout-started': {
    from: ['idle', 'held'],
    to: ROLLOUT,
    when: 'another build is named',
    isForward: true,
  },
  'rollout-superseded': {
    from: ROLLOUT,
    to: ROLLOUT,
    when: 'a third build is named',
    isForward: true,
    isTold: true,
  },
  step: { from: ['rolling'], to: ['rolling'], when: 'the step is over', isForward: true },
  // It stays at its weight until a person decides.
  'visitors-failed': {
    from: ['rolling'],
    to: ['rolling'],
    when: "visitors' reports hold it",
    isTold: true,
  },
  'bake-started': {
    from: ['rolling'],
    to: ['baking'],
    when: 'the last step is over',
    isForward: true,
  },
  'rollout-finished': { from: ['baking'], to: ['idle'], when: 'the bake is over', isTold: true },
  'rollout-aborted': { from: ROLLOUT, to: ['idle'], when: 'stable is named again', isTold: true },
  // From `idle` and `held` only by hand, to an earlier build.
  'rolled-back': { from: RELEASED, to: ['held'], when: 'rolled back', isTold: true },
  'hold-ended': { from: ['held'], to: ['idle'], when: 'stable is named', isTold: true },
  'settings-changed': { from: RELEASED, to: 'same', when: 'the policy changes the rest' },
  paused: { from: RELEASED, to: 'same', when: 'a person pauses it' },
  resumed: { from: RELEASED, to: 'same', when: 'a person resumes it' },
  adopted: {
    from: ANYWHERE,
    to: RELEASED,
    when: 'the live route is newer than the record',
    isTold: true,
  },
};

interface Condition {
  readonly in: readonly From[];
  readonly means: string;
  readonly ends: string;
}

/** What a run says when it doesn't move. Only a pause is stored. */
export const CONDITIONS: Readonly<Record<Stay['condition'] | 'paused', Condition>> = {
  steady: { in: ['idle'], means: "the policy's build serves everyone", ends: 'a policy edit' },
  waiting: {
    in: ROLLOUT,
    means: "a step or a bake isn't over, or nobody has approved it yet",
    ends: 'its time; an approval, or rolled back at `release.approvalDeadline`',
  },
  blocked: {
    in: ANYWHERE,
    means: 'something keeps a build from its start, or a step from its end',
    ends: 'its cause; a step also at `guard.deadline`: rolled back',
  },
  frozen: {
    in: ANYWHERE,
    means: 'a window of `freeze` is open',
    ends: 'the end of the window, which the plan names',
  },
  held: {
    in: ['held'],
    means: 'the policy still names what was rolled back',
    ends: 'a policy edit',
  },
  paused: {
    in: ANYWHERE,
    means: 'a person stopped all automation',
    ends: '`headgate pause --resume`',
  },
};

export function isAllowed(from: From, event: Event, to: Phase): boolean {
  const transition = TRANSITIONS[event];
  const isTarget = transition.to === 'same' ? from === to : transition.to.includes(to);
  return transition.from.includes(from) && isTarget;
}

/** Mermaid, and the conditions as a table. */
export function renderTransitions(): string {
  const arrows = Object.entries(TRANSITIONS).flatMap(([event, { from, to, when }]) =>
    to === 'same' || event === 'adopted'
      ? []
      : from.flatMap((one) => to.map((other) => `    ${nameOf(one)} --> ${other}: ${when}`)),
  );
  const rows = Object.entries(CONDITIONS).map(([name, { in: phases, means, ends }]) => [
    `\`${name}\``,
    phases === ANYWHERE ? 'any' : phases.join(', '),
    means,
    ends,
  ]);
  const table = renderTable([['condition', 'in', 'means', 'ends with'], ...rows]);
  return ['```mermaid', 'stateDiagram-v2', ...arrows, '```', '', ...table].join('\n');
}

/** As the formatter lays it out. */
function renderTable([head = [], ...rows]: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(head), rule, ...rows.map(line)];
}

function nameOf(from: From): string {
  return from === 'unreleased' ? '[*]' : from;
}
