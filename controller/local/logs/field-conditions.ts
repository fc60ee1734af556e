import { BadPattern } from './pattern.ts';

export type Condition = (value: string) => boolean;

const TEST =
  /^(\w+)\s*(=|!=|<=|>=|<|>)\s*(?:"((?:[^"\\]|\\.)*)"|([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w*.])|[\w.*]+))$/;

/**
 * `status = 4* && status != 403`, `w1=ERROR || w1=WARN`: `&&` binds closer. A value that is neither
 * number nor word needs quotes.
 */
export function readConditions(text: string, name: string): Condition {
  if (text === name) return () => true;
  const either = split(text, '||').map((part) =>
    split(part, '&&').map((one) => readCondition(one, name)),
  );
  return (value) => either.some((all) => all.every((test) => test(value)));
}

function readCondition(written: string, name: string): Condition {
  const [, field, operator = '', quoted, plain = ''] = TEST.exec(written) ?? [];
  if (field === undefined) {
    throw new BadPattern(`"${written}" is no condition; quote what is no word`);
  }
  if (field !== name) {
    throw new BadPattern(`"${written}" is a condition of another field than ${name}`);
  }
  const value = quoted === undefined ? plain : quoted.replaceAll(/\\(.)/g, '$1');
  if (quoted === undefined && isNumber(value)) return compareNumbers(operator, Number(value));
  if (operator !== '=' && operator !== '!=') {
    throw new BadPattern(`"${written}" compares no number`);
  }
  const equals = readWildcards(value);
  return operator === '=' ? equals : (found) => !equals(found);
}

function split(text: string, by: string): readonly string[] {
  return text.split(by).map((part) => part.trim());
}

function compareNumbers(operator: string, limit: number): Condition {
  const compare: Condition = (found) => {
    const value = Number(found);
    switch (operator) {
      case '=':
        return value === limit;
      case '!=':
        return value !== limit;
      case '<':
        return value < limit;
      case '<=':
        return value <= limit;
      case '>':
        return value > limit;
      default:
        return value >= limit;
    }
  };
  // A text is no number, and so unlike every one of them.
  return (found) => (isNumber(found) ? compare(found) : operator === '!=');
}

/** `*` stands for any text at the two ends; anywhere else it is itself. */
function readWildcards(value: string): Condition {
  if (value === '*') return () => true;
  const starts = value.startsWith('*');
  const ends = value.endsWith('*');
  const text = value.slice(starts ? 1 : 0, ends ? -1 : undefined);
  if (starts && ends) return (found) => found.includes(text);
  if (starts) return (found) => found.endsWith(text);
  return ends ? (found) => found.startsWith(text) : (found) => found === text;
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
