/** Turns what zod found into issues: where, what is wrong, what could stand there. */
import * as z from 'zod';
import type { Issue } from './issue.ts';
import { findNearest } from './nearest.ts';
import {
  expectationOf,
  fieldsOf,
  mapOf,
  renderExample,
  schemaAt,
  type Path,
  type Schema,
} from './shape.ts';
import type { Objection, Source } from './source.ts';

/** A file with the schema it should follow. */
export interface Subject {
  readonly source: Source;
  readonly schema: Schema;
}

/** An issue with the path it is about, for whoever decides what it breaks. */
export interface Finding {
  readonly path: Path;
  readonly issue: Issue;
}

export function explainIssue(subject: Subject, issue: z.core.$ZodIssue): readonly Finding[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => explainUnknownKey(subject, issue.path, key));
  }
  if (issue.code === 'invalid_key') return explainEntry(subject, issue.path);
  if (issue.code === 'invalid_union') return explainUnion(subject, issue.path);
  return [explainValue(subject, issue.path)];
}

export function explainObjection({ source, schema }: Subject, objection: Objection): Finding {
  const { path, message } = objection;
  const example = renderExample(schema, path);
  return { path, issue: { file: source.file, ...source.locate(path, 'key'), message, example } };
}

function explainUnknownKey({ source, schema }: Subject, parent: Path, key: string): Finding {
  const known = [...fieldsOf(schemaAt(schema, parent)).keys()];
  const nearest = findNearest(key, known);
  const hint = nearest ? `did you mean "${nearest}"?` : `known: ${known.join(', ')}`;
  const path = [...parent, key];
  const message = `unknown key ${quote(key)} ${within(path)}; ${hint}`;
  // The whole of a small map; of a file, which would fill the screen, one line.
  const shown = nearest ?? (parent.length > 0 ? [] : (known[0] ?? []));
  const example = renderExample(schema, parent.concat(shown));
  return { path, issue: { file: source.file, ...source.locate(path, 'key'), message, example } };
}

/** A wrong name, and what is wrong below it: zod doesn't look there. */
function explainEntry(subject: Subject, path: Path): readonly Finding[] {
  const { source, schema } = subject;
  const record = schemaAt(schema, path.slice(0, -1));
  if (!(record instanceof z.ZodRecord)) return [explainValue(subject, path)];
  const message = `${quote(path.at(-1))} is not ${expectationOf(record.keyType)}`;
  const example = renderExample(schema, path);
  const place = { file: source.file, ...source.locate(path, 'key') };
  const inner = z.safeParse(record.valueType, valueAt(source.value, path)).error?.issues ?? [];
  return [
    { path, issue: { ...place, message, example } },
    ...inner.flatMap((issue) =>
      explainIssue(subject, { ...issue, path: [...path, ...issue.path] }),
    ),
  ];
}

/** A map is told what is wrong inside it; anything else, what could stand there. */
function explainUnion(subject: Subject, path: Path): readonly Finding[] {
  const union = schemaAt(subject.schema, path);
  const map = union instanceof z.ZodUnion ? mapOf(union) : undefined;
  const value = valueAt(subject.source.value, path);
  if (!map || typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [explainValue(subject, path)];
  }
  const inner = z.safeParse(map, value).error?.issues ?? [];
  return inner.flatMap((issue) =>
    explainIssue(subject, { ...issue, path: [...path, ...issue.path] }),
  );
}

function explainValue({ source, schema }: Subject, path: Path): Finding {
  const place = { file: source.file, ...source.locate(path) };
  const expected = schemaAt(schema, path) ?? schema;
  const value = valueAt(source.value, path);
  const plain = source.plainText(path);
  if (plain !== undefined && lacksQuotes(expected, value, plain)) {
    const message = `${label(path)}: YAML reads ${plain} as a ${typeof value}; quote it`;
    return { path, issue: { ...place, message, example: `${label(path)}: "${plain}"` } };
  }
  const message = describeValue(path, value, expected);
  return { path, issue: { ...place, message, example: renderExample(schema, path) } };
}

/** `build: 1043` and `build: 010` would be right as text, but arrive as 1043 and 10. */
function lacksQuotes(expected: Schema, value: unknown, plain: string): boolean {
  const isOther = typeof value === 'number' || typeof value === 'boolean';
  return isOther && z.safeParse(expected, plain).success;
}

function describeValue(path: Path, value: unknown, expected: Schema): string {
  const expectation = expectationOf(expected);
  if (value === undefined) return `${quote(path.at(-1))} is missing ${within(path)}`;
  if (path.length === 0) return `the file holds ${show(value)}, not ${expectation}`;
  return `${label(path)}: ${show(value)} is not ${expectation}`;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => {
    const isInside = typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key);
    return isInside ? Reflect.get(inner, key) : undefined;
  }, value);
}

function show(value: unknown): string {
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return quote(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'a map';
}

/** `steps[0]`, `hold`. */
function label(path: Path): string {
  const end = path.findLastIndex((key) => typeof key === 'string');
  const indexes = path.slice(end + 1).map((index) => `[${String(index)}]`);
  return String(path[end]) + indexes.join('');
}

function within(path: Path): string {
  const parent = path.slice(0, -1);
  return parent.length > 0 ? `in ${label(parent)}` : 'at the top of the file';
}

function quote(value: PropertyKey | undefined): string {
  const text = String(value);
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
