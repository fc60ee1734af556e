import { readConditions, type Condition } from './field-conditions.ts';
import { BadPattern, type Fields, type FilterPattern } from './pattern.ts';

interface Field {
  readonly name: string | undefined;
  readonly condition: Condition;
}

/** Commas outside of quotes. */
const SEPARATOR = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/;

/**
 * `[id, tag=headgate, ..., slot > 5]`: as many fields as the message has, but that `...` stands for
 * any number of them. A field may have conditions, and needs no name.
 */
export function readSpacePattern(text: string): FilterPattern {
  if (!text.endsWith(']')) throw new BadPattern('"]" is missing at the end');
  const parts = text
    .slice(1, -1)
    .split(SEPARATOR)
    .map((part) => part.trim());
  const gap = parts.findIndex(isGap);
  if (gap !== parts.findLastIndex(isGap)) throw new BadPattern('there may be only one "..."');
  const head = (gap < 0 ? parts : parts.slice(0, gap)).map(readField);
  const tail = gap < 0 ? undefined : parts.slice(gap + 1).map(readField);
  const named = [...head, ...(tail ?? [])].flatMap(({ name }) => name ?? []);
  if (new Set(named).size < named.length) throw new BadPattern('two fields have the same name');
  return { names: new Set(named), match: (message) => matchFields({ head, tail }, message) };
}

function isGap(part: string): boolean {
  return part === '...' || part === '…';
}

function readField(text: string): Field {
  const [, name = ''] = /^(\w*)/.exec(text) ?? [];
  if (name === '' && text !== '') throw new BadPattern(`"${text}" has no name`);
  const condition = readConditions(text, name);
  return { name: name === '' ? undefined : name, condition };
}

interface Pattern {
  readonly head: readonly Field[];
  /** What comes after `...`; undefined: there is none. */
  readonly tail: readonly Field[] | undefined;
}

function matchFields({ head, tail }: Pattern, message: string): Fields | undefined {
  const values = splitFields(message);
  const needed = head.length + (tail?.length ?? 0);
  if (tail === undefined ? values.length !== needed : values.length < needed) return undefined;
  const unnamed = { name: undefined, condition: () => true };
  const between = Array.from({ length: values.length - needed }, () => unnamed);
  const fields = [...head, ...between, ...(tail ?? [])];
  if (!fields.every(({ condition }, index) => condition(values[index] ?? ''))) return undefined;
  return Object.fromEntries(
    fields.map(({ name }, index) => [`$${name ?? index + 1}`, values[index] ?? '']),
  );
}

const VALUE = /\[([^\]]*)\]|"((?:[^"\\]|\\.)*)"|(\S+)/g;

/** What is in square brackets or in quotes is one field, without them. */
function splitFields(message: string): readonly string[] {
  // Nearly every line, and ten times as fast.
  if (!/["[]/.test(message)) return message.trim().split(/\s+/);
  return [...message.matchAll(VALUE)].map(
    ([, bracketed, quoted, plain]) => bracketed ?? quoted ?? plain ?? '',
  );
}
