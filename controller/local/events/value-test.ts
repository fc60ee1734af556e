/** One alternative of a leaf in an event pattern. */
export type Test =
  | { readonly kind: 'equals'; readonly value: Scalar }
  | { readonly kind: 'exists'; readonly value: boolean }
  | { readonly kind: 'text'; readonly test: (text: string) => boolean }
  | { readonly kind: 'number'; readonly test: (value: number) => boolean }
  /** Of a value that is there. */
  | { readonly kind: 'not'; readonly tests: readonly Test[] };

type Scalar = string | number | boolean | null;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined: it is none, or one that is not imitated. */
export function readTest(written: unknown): Test | undefined {
  if (isScalar(written)) return { kind: 'equals', value: written };
  if (!isObject(written)) return undefined;
  const [[name, value] = ['', undefined], ...others] = Object.entries(written);
  return others.length === 0 ? READERS[name]?.(value) : undefined;
}

const READERS: Readonly<Record<string, (value: unknown) => Test | undefined>> = {
  prefix: (value) => textTest(value, (part) => (text) => text.startsWith(part)),
  suffix: (value) => textTest(value, (part) => (text) => text.endsWith(part)),
  'equals-ignore-case': (value) =>
    textTest(value, (other) => (text) => text.toLowerCase() === other.toLowerCase()),
  exists: (value) => (typeof value === 'boolean' ? { kind: 'exists', value } : undefined),
  numeric: readNumeric,
  'anything-but': (value) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const tests = values.map(readTest).filter((test) => test !== undefined);
    const known = tests.every(({ kind }) => kind === 'equals' || kind === 'text');
    return known && tests.length === values.length && tests.length > 0
      ? { kind: 'not', tests }
      : undefined;
  },
};

function textTest(
  value: unknown,
  compose: (part: string) => (text: string) => boolean,
): Test | undefined {
  return typeof value === 'string' && value !== ''
    ? { kind: 'text', test: compose(value) }
    : undefined;
}

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '=': (value, limit) => value === limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/** `[">", 0, "<=", 5]` */
function readNumeric(value: unknown): Test | undefined {
  if (!Array.isArray(value) || ![2, 4].includes(value.length)) return undefined;
  const parts = value as readonly unknown[];
  const tests = parts.flatMap((operator, index) => {
    const limit = parts[index + 1];
    if (index % 2 === 1) return [];
    const compare = typeof operator === 'string' ? COMPARISONS[operator] : undefined;
    return compare === undefined || typeof limit !== 'number'
      ? []
      : [(one: number) => compare(one, limit)];
  });
  if (tests.length * 2 !== parts.length) return undefined;
  return { kind: 'number', test: (one) => tests.every((test) => test(one)) };
}

export function matchValue(test: Test, found: unknown): boolean {
  // Only leaves exist: an object in the event is no value.
  const values = (Array.isArray(found) ? found : [found]).filter(isScalar);
  if (test.kind === 'exists') return values.length > 0 === test.value;
  return values.some((value) => matchOne(test, value));
}

function matchOne(test: Exclude<Test, { kind: 'exists' }>, value: Scalar): boolean {
  switch (test.kind) {
    case 'equals':
      return value === test.value;
    case 'text':
      return typeof value === 'string' && test.test(value);
    case 'number':
      return typeof value === 'number' && test.test(value);
    case 'not':
      return !test.tests.some((one) => matchValue(one, value));
  }
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
