import { ServiceError } from '../service.ts';
import type { AttributeValue } from './attribute.ts';
import { isReserved } from './reserved-words.ts';

/** What `#name` and `:value` stand for in the expressions of one request. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>> | undefined;
}

/** The words of one expression, read from left to right. */
export interface Reader {
  /** Whether the next word is this one (case doesn't matter); takes it then. */
  take(word: string): boolean;
  /** Takes the next word, which must be this one. */
  expect(word: string): void;
  /** An attribute's name, its placeholder resolved. */
  name(): string;
  /** The value of a `:placeholder`. */
  value(): AttributeValue;
  /** The next word, not taken; empty at the end. */
  peek(): string;
  fail(why: string): ServiceError;
}

/** Reads the expressions of one request, and refuses placeholders that none of them used. */
export interface Expressions {
  /** Undefined: the request has no such expression. */
  read<T>(kind: string, text: string | undefined, parse: (reader: Reader) => T): T | undefined;
  checkAllUsed(): void;
}

const WORD = /\s*([#:]?\w[\w.[\]-]*|<>|<=|>=|\S)/gy;

export function openExpressions(placeholders: Placeholders): Expressions {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } =
    placeholders;
  const used = new Set<string>();
  return {
    read(kind, text, parse) {
      if (text === undefined) return undefined;
      const words = [...text.matchAll(WORD)].map(([, word = '']) => word);
      const reader = createReader({ kind, words, names, values, used });
      const parsed = parse(reader);
      if (reader.peek() !== '') throw reader.fail(`the local cloud can't read "${reader.peek()}"`);
      return parsed;
    },
    checkAllUsed() {
      for (const [member, given] of Object.entries({ Names: names, Values: values })) {
        const spare = Object.keys(given).find((key) => !used.has(key));
        if (spare === undefined) continue;
        const where = `ExpressionAttribute${member}`;
        throw invalid(`Value provided in ${where} unused in expressions: keys: {${spare}}`);
      }
    },
  };
}

interface Given {
  readonly kind: string;
  readonly words: readonly string[];
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
  readonly used: Set<string>;
}

function createReader({ kind, words, names, values, used }: Given): Reader {
  let position = 0;
  const peek = () => words[position] ?? '';
  const fail = (why: string) => invalid(`Invalid ${kind}: ${why}`);
  const take = (word: string) => {
    const isNext = peek().toLowerCase() === word.toLowerCase();
    if (isNext) position += 1;
    return isNext;
  };
  const resolve = <T>(known: Readonly<Record<string, T>>, what: string): T => {
    const key = peek();
    const found = Object.hasOwn(known, key) ? known[key] : undefined;
    if (found === undefined) throw fail(`An expression attribute ${what} is not defined: ${key}`);
    used.add(key);
    position += 1;
    return found;
  };
  return {
    take,
    peek,
    fail,
    expect(word) {
      if (!take(word)) throw fail(`"${word}" is missing before "${peek()}"`);
    },
    name() {
      const word = peek();
      if (word.startsWith('#')) return resolve(names, 'name used in the document path');
      const refusal = judgeName(word);
      if (refusal !== undefined) throw fail(refusal);
      position += 1;
      return word;
    },
    value() {
      if (!peek().startsWith(':')) throw fail(`a value is a :placeholder, not "${peek()}"`);
      return resolve(values, 'value used in expression');
    },
  };
}

function judgeName(word: string): string | undefined {
  if (isReserved(word)) return `Attribute name is a reserved keyword; reserved keyword: ${word}`;
  const isPlain = /^[A-Za-z]\w*$/.test(word);
  return isPlain ? undefined : `the local cloud takes an attribute's plain name, not "${word}"`;
}

/** What DynamoDB says to almost everything it doesn't accept. */
export function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationException', message);
}
