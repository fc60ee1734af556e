import type { EnvironmentFacts } from '../plan/facts.ts';
import { parseRoute } from '../state/route.ts';

/** The generation that one place has; undefined: no readable route is there. */
export interface WrittenTo {
  /** A host in the KeyValueStore, or `SSM`. */
  readonly place: string;
  readonly generation: number | undefined;
}

/** What is stored for the edge, place by place; the hosts that the record means to have it. */
export function listWritten({ live, adoption, store }: EnvironmentFacts): readonly WrittenTo[] {
  const hosts = store === undefined ? [] : (adoption.record?.hosts ?? []);
  const places = [
    ...hosts.map((host) => [host, live.values.get(host)] as const),
    ['SSM', live.parameters.route?.value] as const,
  ];
  return places.map(([place, text]) => ({ place, generation: parseRoute(text)?.gen }));
}

/** One line; the places one by one only when they differ. */
export function renderWritten(written: readonly WrittenTo[], generation: number): string {
  const behind = written.filter((one) => one.generation !== generation);
  if (behind.length === 0) {
    const places = written.length === 1 ? 'SSM' : `${written.length - 1} host(s) and SSM`;
    return `generation ${generation}, ${places}`;
  }
  const told = behind.map((one) => `${one.place} has ${one.generation ?? 'none'}`);
  return `NOT generation ${generation} everywhere: ${told.join(', ')}; the next reconcile repairs it`;
}
