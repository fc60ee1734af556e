import * as z from 'zod';

/** One value in DynamoDB's own notation: `{ S: 'text' }`, `{ N: '5' }`, `{ M: { ... } }`. */
export interface AttributeValue {
  readonly [type: string]: unknown;
}

export type Item = Readonly<Record<string, AttributeValue>>;

const Numeral = z.string().transform((text, context) => {
  const number = normaliseNumber(text);
  if (number !== undefined) return number;
  context.addIssue({ code: 'custom', message: `${text} is not a number of at most 38 digits.` });
  return z.NEVER;
});

const setOf = <Member extends z.ZodType>(member: Member) =>
  z
    .array(member)
    .min(1, 'A set may not be empty.')
    .refine((members) => new Set(members).size === members.length, 'A set has no duplicates.');

const AnyValue: z.ZodType<AttributeValue> = z.lazy(() =>
  z.union([
    z.strictObject({ S: z.string() }),
    z.strictObject({ N: Numeral }),
    z.strictObject({ B: z.base64() }),
    z.strictObject({ BOOL: z.boolean() }),
    z.strictObject({ NULL: z.literal(true) }),
    z.strictObject({ SS: setOf(z.string()) }),
    z.strictObject({ NS: setOf(Numeral) }),
    z.strictObject({ BS: setOf(z.base64()) }),
    z.strictObject({ L: z.array(AnyValue) }),
    z.strictObject({ M: z.record(z.string(), AnyValue) }),
  ]),
);

export const AttributeShape = AnyValue;
export const ItemShape = z.record(z.string(), AnyValue);

/** The name of a value's type, `S`, `N`, ... */
export function typeOf(value: AttributeValue): string {
  return Object.keys(value)[0] ?? '';
}

/** Whether two values are the same to DynamoDB: sets and maps have no order. */
export function isEqual(a: AttributeValue, b: AttributeValue): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (name, part: unknown) => {
    if (/^[SNB]S$/.test(name) && Array.isArray(part)) return (part as string[]).toSorted();
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const DIGITS_LIMIT = 38;

/** `+01.50` is `1.5`, `1e3` is `1000`; undefined when it is no number DynamoDB can hold. */
function normaliseNumber(text: string): string | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const scale = Number(exponent) - fraction.length + (digits.length - significant.length);
  const magnitude = scale + significant.length;
  if (significant.length > DIGITS_LIMIT || magnitude > 126 || magnitude < -129) return undefined;
  const minus = sign === '-' ? '-' : '';
  if (scale >= 0) return minus + significant + '0'.repeat(scale);
  const padded = significant.padStart(1 - scale, '0');
  return `${minus}${padded.slice(0, scale)}.${padded.slice(scale)}`;
}
