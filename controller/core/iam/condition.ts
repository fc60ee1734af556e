/** Condition operators, as IAM documents them. */
import { fitsArn, fitsText } from './pattern.ts';

type Compare = (wanted: string, found: string) => boolean;

interface Operator {
  readonly compare: Compare;
  /** It asks that none fits, and holds where the request hasn't got the key. */
  readonly isNegated?: true;
}

const equals: Compare = (wanted, found) => wanted === found;
const ignoresCase: Compare = (wanted, found) => wanted.toLowerCase() === found.toLowerCase();

/** `ArnEquals` and `ArnLike` do the same (documented). */
const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: { compare: equals },
  StringNotEquals: { compare: equals, isNegated: true },
  StringEqualsIgnoreCase: { compare: ignoresCase },
  StringNotEqualsIgnoreCase: { compare: ignoresCase, isNegated: true },
  StringLike: { compare: fitsText },
  StringNotLike: { compare: fitsText, isNegated: true },
  ArnEquals: { compare: fitsArn },
  ArnLike: { compare: fitsArn },
  ArnNotEquals: { compare: fitsArn, isNegated: true },
  ArnNotLike: { compare: fitsArn, isNegated: true },
  Bool: { compare: ignoresCase },
};

interface Reading {
  readonly operator: Operator;
  readonly set: 'ForAnyValue' | 'ForAllValues' | undefined;
  readonly ifExists: boolean;
}

/** Whether `fits` knows it: `StringLike`, `StringLikeIfExists`, `ForAnyValue:StringLike`, `Null`. */
export function isOperator(name: string): boolean {
  return name === 'Null' || read(name) !== undefined;
}

/** One key of one operator. `found`: the request's values of the key; undefined: it hasn't got it. */
export function fits(
  name: string,
  wanted: readonly string[],
  found: readonly string[] | undefined,
): boolean {
  if (name === 'Null') return wanted.includes(String(found === undefined));
  const reading = read(name);
  if (reading === undefined) throw new Error(`the condition operator ${name} is not evaluated`);
  const { operator, set, ifExists } = reading;
  if (found === undefined || found.length === 0) {
    return ifExists || set === 'ForAllValues' || (set === undefined && operator.isNegated === true);
  }
  const holds = (value: string) =>
    wanted.some((one) => operator.compare(one, value)) !== (operator.isNegated === true);
  // Of one value `some` and `every` are the same; several without a set operator are none of ours.
  return set === 'ForAllValues' ? found.every(holds) : found.some(holds);
}

function read(name: string): Reading | undefined {
  const match = /^(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?$/.exec(name);
  const operator = OPERATORS[match?.[2] ?? ''];
  if (operator === undefined) return undefined;
  return {
    operator,
    set: match?.[1] as Reading['set'],
    ifExists: match?.[3] !== undefined,
  };
}
