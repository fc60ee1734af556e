import { data, Evaluator, Lexer, Parser } from '@actions/expressions';

/** What `${{ }}` may ask for: `github`, `runner`, `steps`, `vars`, `secrets`, `inputs`, `needs`, `env`. */
export type Contexts = Readonly<Record<string, unknown>>;

/** GitHub's own evaluator, on GitHub's own rules: names in any case, `''` for what is not there. */
function evaluate(expression: string, contexts: Contexts): string {
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), []).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(parsed, values).evaluate().coerceString();
}

/** A text of a workflow with its `${{ }}` replaced. */
export function fill(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    evaluate(expression.trim(), contexts),
  );
}

/** An `if:`; absent: yes. It is an expression with or without `${{ }}`. */
export function holds(condition: string | undefined, contexts: Contexts): boolean {
  if (condition === undefined) return true;
  const [, inner = condition] = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition) ?? [];
  return evaluate(`!(${inner.trim()})`, contexts) === 'false';
}
