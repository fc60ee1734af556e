import { invalid } from '../errors.ts';
import { findReferences } from './functions.ts';
import type { Template } from './template.ts';

/** Logical id -> the logical ids that come first: by reference, or by DependsOn. */
export type Graph = ReadonlyMap<string, readonly string[]>;

export function dependenciesOf({ Resources }: Template): Graph {
  return new Map(
    Object.entries(Resources).map(([id, { Properties, DependsOn }]) => {
      const referred = findReferences(Properties).map(({ name }) => name);
      const named = [...DependsOn, ...referred].filter((name) => Object.hasOwn(Resources, name));
      return [id, [...new Set(named)]];
    }),
  );
}

/** Logical ids, each after those that it depends on; refuses what could never begin. */
export function sortOf(graph: Graph): readonly string[] {
  const sorted = new Set<string>();
  let left = [...graph.keys()];
  while (left.length > 0) {
    const free = left.filter((id) => (graph.get(id) ?? []).every((before) => sorted.has(before)));
    if (free.length === 0) {
      throw invalid(`Circular dependency between resources: [${left.join(', ')}]`);
    }
    for (const id of free) sorted.add(id);
    left = left.filter((id) => !sorted.has(id));
  }
  return [...sorted];
}
