import { isEqual, type AttributeValue, type Item } from './attribute.ts';
import type { Reader } from './expression.ts';

/** Whether an item, or the absence of one, fulfils a condition. */
export type Condition = (item: Item | undefined) => boolean;

/**
 * `attribute_exists(a)`, `attribute_not_exists(a)` and `a = :v`, joined by AND, OR and parentheses.
 * DynamoDB knows more; the local cloud refuses it by name.
 */
export function parseCondition(reader: Reader): Condition {
  const first = parseTerm(reader);
  if (!reader.take('OR')) return first;
  const rest = parseCondition(reader);
  return (item) => first(item) || rest(item);
}

/** AND binds closer than OR. */
function parseTerm(reader: Reader): Condition {
  const first = parseFactor(reader);
  if (!reader.take('AND')) return first;
  const rest = parseTerm(reader);
  return (item) => first(item) && rest(item);
}

const UNKNOWN = /^(NOT|begins_with|contains|size|attribute_type)$/i;

function parseFactor(reader: Reader): Condition {
  const word = reader.peek();
  if (UNKNOWN.test(word)) throw reader.fail(`the local cloud does not imitate ${word}`);
  if (reader.take('(')) {
    const inner = parseCondition(reader);
    reader.expect(')');
    return inner;
  }
  if (reader.take('attribute_exists')) {
    const name = parseArgument(reader);
    return (item) => item?.[name] !== undefined;
  }
  if (reader.take('attribute_not_exists')) {
    const name = parseArgument(reader);
    return (item) => item?.[name] === undefined;
  }
  const { name, value } = parseEquality(reader);
  return (item) => item?.[name] !== undefined && isEqual(item[name], value);
}

function parseArgument(reader: Reader): string {
  reader.expect('(');
  const name = reader.name();
  reader.expect(')');
  return name;
}

/** One `name = :value`. */
function parseEquality(reader: Reader): Assignment {
  const name = reader.name();
  if (!reader.take('=')) throw reader.fail(`the local cloud does not imitate "${reader.peek()}"`);
  return { name, value: reader.value() };
}

export interface Assignment {
  readonly name: string;
  readonly value: AttributeValue;
}

/** `pk = :a` or `pk = :a AND sk = :b`. */
export function parseKeyCondition(reader: Reader): readonly Assignment[] {
  const first = parseEquality(reader);
  return reader.take('AND') ? [first, parseEquality(reader)] : [first];
}

/** `SET a = :v, #b = :w`. */
export function parseUpdate(reader: Reader): readonly Assignment[] {
  if (!reader.take('SET')) throw reader.fail(`the local cloud does not imitate ${reader.peek()}`);
  const assignments = [parseEquality(reader)];
  while (reader.take(',')) assignments.push(parseEquality(reader));
  return assignments;
}

/** `a, #b`. */
export function parseProjection(reader: Reader): readonly string[] {
  const names = [reader.name()];
  while (reader.take(',')) names.push(reader.name());
  return names;
}
