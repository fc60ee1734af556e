/** Statements, and documents of them; what would be about nothing is left out. */
import type { PolicyDocument, Statement, Text } from '../document.ts';
import { listArns } from './places.ts';

/** `resources`: ARNs; `*` for actions that know no resource. Empty: no statement. */
export function allow(
  Sid: string,
  actions: readonly string[],
  resources: readonly string[],
): readonly Statement[] {
  if (resources.length === 0) return [];
  return [{ Sid, Effect: 'Allow', Action: one(actions), Resource: one(listArns(resources)) }];
}

export function deny(
  Sid: string,
  actions: readonly string[],
  resources: readonly string[],
): readonly Statement[] {
  return allow(Sid, actions, resources).map((statement) => ({ ...statement, Effect: 'Deny' }));
}

/**
 * What is allowed to the same things is one statement: IAM takes so many characters, and ARNs are long. Worked
 * example: read a, b and write b is read a, and read and write b.
 */
export function documentOf(...statements: readonly (readonly Statement[])[]): PolicyDocument {
  const all = statements.flat();
  const plain = all.filter(({ Effect, Condition }) => Effect === 'Allow' && !Condition);
  const others = all.filter((statement) => !plain.includes(statement));
  return { Version: '2012-10-17', Statement: [...regroup(plain), ...others] };
}

interface Group {
  readonly names: ReadonlySet<string>;
  readonly actions: ReadonlySet<string>;
  readonly resources: readonly Text[];
}

function regroup(statements: readonly Statement[]): readonly Statement[] {
  const groups = new Map<string, Group>();
  for (const [resource, { names, actions }] of byResource(statements)) {
    const key = [...actions].toSorted().join();
    const { resources = [], ...first } = groups.get(key) ?? { names, actions };
    groups.set(key, { ...first, resources: [...resources, JSON.parse(resource) as Text] });
  }
  return [...groups.values()].map(({ names, actions, resources }) => ({
    Sid: [...names].join('And'),
    Effect: 'Allow',
    Action: one([...actions]),
    Resource: one(resources),
  }));
}

/** By its text: a reference into the template is an object. */
function byResource(
  statements: readonly Statement[],
): ReadonlyMap<string, Omit<Group, 'resources'>> {
  const found = new Map<string, Omit<Group, 'resources'>>();
  for (const { Sid = '', Action, Resource } of statements)
    for (const resource of [Resource ?? []].flat()) {
      const key = JSON.stringify(resource);
      const { names = [], actions = [] } = found.get(key) ?? {};
      const more = new Set([...actions, ...[Action].flat()]);
      found.set(key, { names: new Set([...names, Sid]), actions: more });
    }
  return found;
}

/** A list of one is written as a text: IAM counts the characters. */
export function one<Item>(items: readonly Item[]): Item | readonly Item[] {
  const [first, ...others] = items;
  return first !== undefined && others.length === 0 ? first : items;
}
