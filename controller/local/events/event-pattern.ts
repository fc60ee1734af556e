import { ServiceError } from '../service.ts';
import { isObject, matchValue, readTest, type Test } from './value-test.ts';

/** Tests of the leaves, by the same names as in the event. */
export type EventPattern = { readonly [name: string]: EventPattern | readonly Test[] };

/** Reads a rule's pattern. Throws InvalidEventPatternException. */
export function readPattern(text: string): EventPattern {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(error.message);
  }
  if (!isObject(written)) throw invalid('Filter is not an object');
  return readObject(written, []);
}

function readObject(
  written: Readonly<Record<string, unknown>>,
  path: readonly string[],
): EventPattern {
  const fields = Object.entries(written);
  if (fields.length === 0) throw invalid('Empty objects are not allowed');
  return Object.fromEntries(
    fields.map(([name, value]) => {
      if (name === '$or') throw invalid('the local cloud does not imitate "$or"');
      return [name, readField(value, [...path, name])];
    }),
  );
}

function readField(value: unknown, path: readonly string[]): EventPattern | readonly Test[] {
  if (isObject(value)) return readObject(value, path);
  const name = path.join('.');
  if (!Array.isArray(value)) throw invalid(`"${name}" must be an object or an array`);
  if (value.length === 0) throw invalid(`Empty arrays are not allowed: "${name}"`);
  return value.map((one) => {
    const test = readTest(one);
    if (test !== undefined) return test;
    const what = `a test of "${name}" the local cloud does not imitate, or that is not valid`;
    throw invalid(`${JSON.stringify(one)} is ${what}`);
  });
}

/** Whether every field of the pattern finds a value in the event; of a list, one value is enough. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const found = isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined;
    if (!Array.isArray(wanted)) {
      const inner = wanted as EventPattern;
      if (Array.isArray(found)) return found.some((one) => matchesPattern(inner, one));
      return matchesPattern(inner, found);
    }
    return (wanted as readonly Test[]).some((test) => matchValue(test, found));
  });
}

function invalid(reason: string): ServiceError {
  const message = `Event pattern is not valid. Reason: ${reason}`;
  return new ServiceError(400, 'InvalidEventPatternException', message);
}
