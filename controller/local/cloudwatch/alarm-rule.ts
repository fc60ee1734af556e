import { ServiceError } from '../service.ts';
import type { StateValue } from './alarm.ts';

/** What an AlarmRule says. */
export type AlarmRule =
  | { readonly kind: 'always'; readonly value: boolean }
  /** `name` may also be an ARN. */
  | { readonly kind: 'state'; readonly state: StateValue; readonly name: string }
  | { readonly kind: 'not'; readonly of: AlarmRule }
  | { readonly kind: 'and' | 'or'; readonly left: AlarmRule; readonly right: AlarmRule };

const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|([^\s"(),]+))\s*\)|([()]|[^\s()]+))/y;

interface Token {
  readonly at: number;
  readonly text: string;
  readonly rule?: AlarmRule;
}

/** Reads `ALARM("a") AND NOT OK(b)`: NOT binds closest, then AND, then OR. Throws ValidationError. */
export function readAlarmRule(text: string): AlarmRule {
  const tokens = tokenize(text);
  let position = 0;
  const take = (wanted: string) => {
    const found = tokens[position]?.text === wanted && tokens[position]?.rule === undefined;
    if (found) position += 1;
    return found;
  };
  const readChain = (kind: 'and' | 'or', next: () => AlarmRule): AlarmRule => {
    let left = next();
    while (take(kind.toUpperCase())) left = { kind, left, right: next() };
    return left;
  };
  const readOne = (): AlarmRule => {
    if (take('NOT')) return { kind: 'not', of: readOne() };
    if (take('TRUE')) return { kind: 'always', value: true };
    if (take('FALSE')) return { kind: 'always', value: false };
    if (take('(')) {
      const inner = readOr();
      if (take(')')) return inner;
      throw unsupported(tokens[position], text);
    }
    const { rule } = tokens[position] ?? {};
    if (rule === undefined) throw unsupported(tokens[position], text);
    position += 1;
    return rule;
  };
  const readOr = (): AlarmRule => readChain('or', () => readChain('and', readOne));
  const rule = readOr();
  if (position < tokens.length) throw unsupported(tokens[position], text);
  return rule;
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const found of text.trimEnd().matchAll(new RegExp(TOKEN, 'gy'))) {
    const [whole, state, quoted, plain, other = ''] = found;
    const at = found.index + whole.length - whole.trimStart().length;
    const name = quoted ?? plain;
    tokens.push(
      name === undefined
        ? { at, text: other }
        : {
            at,
            text: whole.trim(),
            rule: { kind: 'state', state: state as StateValue, name: name.trim() },
          },
    );
  }
  return tokens;
}

/** Every alarm it asks, once. */
export function namesOf(rule: AlarmRule): readonly string[] {
  const list = (one: AlarmRule): readonly string[] => {
    switch (one.kind) {
      case 'always':
        return [];
      case 'state':
        return [one.name];
      case 'not':
        return list(one.of);
      case 'and':
      case 'or':
        return [...list(one.left), ...list(one.right)];
    }
  };
  return [...new Set(list(rule))];
}

export function holds(rule: AlarmRule, stateOf: (name: string) => StateValue | undefined): boolean {
  switch (rule.kind) {
    case 'always':
      return rule.value;
    case 'state':
      return stateOf(rule.name) === rule.state;
    case 'not':
      return !holds(rule.of, stateOf);
    case 'and':
      return holds(rule.left, stateOf) && holds(rule.right, stateOf);
    case 'or':
      return holds(rule.left, stateOf) || holds(rule.right, stateOf);
  }
}

function unsupported(token: Token | undefined, text: string): ServiceError {
  const where =
    token === undefined
      ? `end of rule at char ${text.length}`
      : `token '${token.text}' at char ${token.at}`;
  return new ServiceError(400, 'ValidationError', `Error in AlarmRule [Unsupported ${where}]`);
}
