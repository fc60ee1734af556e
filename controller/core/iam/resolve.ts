/** References of a template filled in, as CloudFormation does: for people, and for the evaluator. */
import type { PolicyDocument } from './document.ts';

/**
 * Worked example: `{ 'Fn::Sub': '${Store.Arn}' }` with `{ 'Store.Arn': 'arn:...' }` is `'arn:...'`. What has
 * no value stays as a name in angle brackets: `<Store.Arn>`.
 */
export function resolveDocument(
  document: PolicyDocument,
  values: Readonly<Record<string, string>>,
): PolicyDocument {
  return resolve(document, values) as PolicyDocument;
}

function resolve(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => resolve(item, values));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[name, text] = []] = entries;
  if (entries.length === 1 && name === 'Fn::Sub' && typeof text === 'string') {
    return text.replaceAll(/\$\{([^}]+)\}/g, (_whole, key: string) => values[key] ?? `<${key}>`);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item, values)]));
}
