/** The functions of a live distribution: whose place Headgate's take. */
import type { Behaviour, Distribution } from '../plan/behaviours.ts';
import type { Open, Said } from './facts.ts';

/** One function on one event of some behaviours. */
export interface Found {
  readonly name: string;
  readonly events: readonly string[];
  readonly patterns: readonly string[];
}

/** What runs on these behaviours, by name. */
export function findFunctions(behaviours: readonly Behaviour[]): readonly Found[] {
  const found = new Map<string, { events: Set<string>; patterns: Set<string> }>();
  for (const behaviour of behaviours) {
    for (const { event, arn } of listArns(behaviour)) {
      const name = nameOf(arn);
      const one = found.get(name) ?? { events: new Set(), patterns: new Set() };
      one.events.add(event);
      one.patterns.add(behaviour.pattern);
      found.set(name, one);
    }
  }
  return [...found].map(([name, { events, patterns }]) => ({
    name,
    events: [...events],
    patterns: [...patterns],
  }));
}

function listArns({ viewerRequestArn, viewerResponseArn, lambdas }: Behaviour) {
  const functions = [
    { event: 'viewer-request', arn: viewerRequestArn },
    { event: 'viewer-response', arn: viewerResponseArn },
  ];
  return [...functions, ...lambdas].flatMap(({ event, arn }) =>
    arn === undefined ? [] : [{ event, arn }],
  );
}

/** Of `arn:...:function/rewrite` and `arn:...:function:rewrite:7`. */
function nameOf(arn: string): string {
  return /:function[:/]([^:/]+)/.exec(arn)?.[1] ?? arn;
}

/** Nothing is replaced that nobody named: a function may do more than choose builds. */
export function judgeFunctions(
  found: readonly Found[],
  { id }: Distribution,
  { replaces, keeps }: Said,
): readonly Open[] {
  return [
    ...found.flatMap((one) => judgeOne(one, id, { replaces, keeps })),
    ...[...replaces, ...keeps]
      .filter((name) => !found.some((one) => one.name === name))
      .map((name) => ({
        kind: 'question' as const,
        message: `distribution ${id} runs no function ${name}`,
        next: `It runs ${found.map((one) => one.name).join(', ') || 'none'}.`,
      })),
  ];
}

function judgeOne(
  { name, events, patterns }: Found,
  id: string,
  { replaces, keeps }: Pick<Said, 'replaces' | 'keeps'>,
): readonly Open[] {
  const where = `distribution ${id} runs ${name} at ${events.join(', ')} (${patterns.join(', ')})`;
  if (name.startsWith('headgate-')) {
    const next = 'headgate status; there is nothing to adopt.';
    return [{ kind: 'refusal', message: `${where}: it is Headgate's already`, next }];
  }
  if (replaces.includes(name)) return [];
  const isOnViewer = events.some((event) => event.startsWith('viewer-'));
  // It only looks at what the bucket answered.
  if (events.every((event) => event === 'origin-response')) return [];
  if (!isOnViewer && keeps.includes(name)) return [];
  return [
    {
      kind: 'refusal',
      message: isOnViewer
        ? `${where}, and CloudFront runs one function per event`
        : `${where}, where a build's folder may be put in front of the path a second time`,
      next:
        `If all it does is choose builds: --replaces ${[...replaces, name].join(',')}. ` +
        (isOnViewer
          ? "What else it does (a login, redirects, headers) belongs into a file that the group names as `before: ./viewer.js`, which then runs in front of Headgate's function; then name it here."
          : `If it leaves the path alone: --keeps ${[...keeps, name].join(',')}`),
    },
  ];
}
