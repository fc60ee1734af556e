import { isDisallowedHeader } from '../function-runtime/header-rules.ts';
import { valuesOf, type Field, type Fields, type FieldValue } from '../function-runtime/event.ts';
import type { Headers } from './time-to-live.ts';

/** `a=1&a=2&b` as an event has it; values stay percent-encoded. */
export function parseQuery(query: string): Fields {
  return collectFields(
    query
      .split('&')
      .filter(Boolean)
      .map((pair) => splitPair(pair)),
  );
}

/** The Cookie header as an event has it. */
export function parseCookies(header: string): Fields {
  const pairs = header.split(';').map((pair) => pair.trim());
  return collectFields(pairs.filter(Boolean).map((pair) => splitPair(pair)));
}

/** Response headers as functions see them: without Set-Cookie and what is none of their business. */
export function toFields(headers: Headers): Fields {
  const visible = Object.entries(headers).filter(
    ([name]) => name !== 'set-cookie' && !isDisallowedHeader(name),
  );
  return collectFields(
    visible.flatMap(([name, value]) =>
      [value].flat().map((one) => [name, { value: one }] as const),
    ),
  );
}

/** Set-Cookie lines as an event has them: `id=1; Path=/` is `{ id: { value, attributes } }`. */
export function toCookieFields(headers: Headers): Fields {
  const lines = [headers['set-cookie'] ?? []].flat();
  return collectFields(
    lines.map((line) => {
      const [pair = '', attributes] = splitOnce(line, ';');
      const [name, { value }] = splitPair(pair);
      return [
        name,
        attributes === undefined ? { value } : { value, attributes: attributes.trim() },
      ];
    }),
  );
}

/** Headers after a function: its own, and those it never saw. */
export function fromFields(
  before: Headers,
  after: { readonly headers: Fields; readonly cookies: Fields },
): Headers {
  const seen = toFields(before);
  const hidden = Object.entries(before).filter(([name]) => isDisallowedHeader(name));
  const headers: Record<string, string | readonly string[]> = Object.fromEntries(hidden);
  for (const [name, field] of Object.entries(resolveFields(seen, after.headers))) {
    const values = valuesOf(field);
    headers[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  const lines = Object.entries(resolveFields(toCookieFields(before), after.cookies)).flatMap(
    ([name, field]) =>
      (field.multiValue ?? [field]).map(({ value, attributes = '' }) =>
        attributes === '' ? `${name}=${value}` : `${name}=${value}; ${attributes}`,
      ),
  );
  return lines.length === 0 ? headers : { ...headers, 'set-cookie': lines };
}

/** A function may change `value` or `multiValue`: a changed `multiValue` wins, else a changed `value`. */
export function resolveFields(before: Fields, after: Fields): Fields {
  return Object.fromEntries(
    Object.entries(after).map(([name, field]) => [name, resolveField(before[name], field)]),
  );
}

function resolveField(before: Field | undefined, { multiValue, ...single }: Field): Field {
  if (multiValue === undefined) return single;
  const isChanged = JSON.stringify(multiValue) !== JSON.stringify(before?.multiValue);
  if (isChanged || single.value === before?.value) return { ...single, multiValue };
  return single;
}

/** Gathers repeated names: the first value, and all of them as `multiValue`. */
export function collectFields(pairs: readonly (readonly [string, FieldValue])[]): Fields {
  const fields: Record<string, Field> = {};
  for (const [name, one] of pairs) {
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
    fields[name] =
      known === undefined ? one : { ...known, multiValue: [...(known.multiValue ?? [known]), one] };
  }
  return fields;
}

function splitPair(pair: string): readonly [string, FieldValue] {
  const [name = '', value = ''] = splitOnce(pair, '=');
  return [name, { value }];
}

/** The text before and, when the mark occurs, after its first occurrence. */
export function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)];
}
