import { parse, parseDocument, type Document } from 'yaml';
import { expect, test } from 'vitest';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { writeApp, writeEdge } from './fixtures.ts';

type Keys = readonly (string | number)[];

const SETUP = `setup:
  stack: other
  github: { releases: a/b, branch: c, environment: d, apps: { cart: a/c }, provider: existing }
  certificates: { cart/prod: "arn:aws:acm:us-east-1:111122223333:certificate/a" }
  headers: none
  fastLane: { schedule: rate(5 minutes), revert: { app: "1", key: "ssm:/k" } }
  alarms:
    errors: { namespace: A, metric: B, dimensions: { C: d }, statistic: Average, threshold: 1, period: 5m, periods: 2 }
  apis: { cart/prod: { /api/*: "https://a.b" } }
  origins: { cart: { b: "https://c.d" } }
  existing:
    distributions: [cart/prod]
    buckets: [other]
    keyValueStores: [other]
    tables: [other]
    roles: ["arn:aws:iam::111122223333:role/another"]`;

/** Policies that use every field, so that every field can be broken. */
const COMPLETE = {
  // The examples name the store that is usual: another group's example may not take it too.
  'edge.yaml': `${writeEdge().replace('headgate-prod', 'headgate-other')}
  sticky:
    runtime: lambda-edge
    role: arn:aws:iam::111122223333:role/other
    bucket: acme-web-builds
    region: us-east-1
    code: auto
    before: ./viewer.js
    watch: 1m
    routeMaxAge: 1s
    sessions:
      table: other
      regions: [us-east-1]
      cookie: sid
      attributes: { token: a, version: b, expiration: c }
      timeout: 50ms
${SETUP}`,
  'cart.yaml': writeApp({
    top: 'spa: true\nlayout: tree\npool: { include: [/assets/*], exclude: [/assets/a.json] }\nroot: old/\nheaders: [{ files: /fonts/*, cache: immutable, type: font/ttf }]\nsourceMaps: public\nprovenance: { repository: a/b, workflow: .github/workflows/c.yml, ref: refs/heads/d, issuer: https://e, trustedRoot: ./f.jsonl }\norigins: { a: { id: b }, c: { url: https://d } }',
    release:
      'build: "1", steps: [{ weight: 1%, hold: 1s }], bake: 1s, keep: 1, sticky: session, sessionIdle: 1m',
    environment: `require: provenance
    preview: { access: signed, ttl: 1h, builds: all }
    cohorts:
      - { name: staff, build: "2", cookie: { name: a, value: b }, header: { name: x-a, value: b } }
      - { name: office, build: "2", country: [DE], ip: [192.0.2.1] }
    split: [{ build: "3", weight: 10% }]
    gate:
      protect: [/a/*]
      exclude: [/a/b]
      accepting: true
      rate: 5%
      priority: { cookie: c, since: 2 }
      bypass: [{ path: /c }, { header: x-b }]
      page: /a.html
      status: 202
      idle: 1m
      cap: 1h
      failOpenUntil: 2026-01-01T00:00Z
    quarantine: [{ lift: "2", rollback: 3, reason: fine }]
    guard: { alarms: [{ name: errors, region: eu-west-1 }], noData: pass }
    adopted:
      cookies: { build: b, override: o }
      activeBuildParameter: /cart/active
      replaces: [old]`,
  }),
};

type FileName = keyof typeof COMPLETE;

const FIELDS = Object.entries(COMPLETE)
  .flatMap(([file, text]) =>
    listKeys(parse(text)).map((keys) => [keys.join('.'), file as FileName, keys] as const),
  )
  // Half of the other fields there go with this one alone.
  .filter(([name]) => name !== 'groups.sticky.runtime')
  // Their examples are about an app of another name.
  .filter(
    ([name]) => !/^setup\.(apis|origins|alarms|github\.apps|existing\.distributions)$/.test(name),
  );

test('every field is there to be broken', () => {
  expect(readChanged('cart.yaml', () => undefined)).toEqual([]);
  expect(FIELDS).toHaveLength(151);
});

test.each(FIELDS)('the example for an empty %s in %s is right in its place', (_, file, keys) => {
  // Nothing takes an empty value, whatever its type.
  const [issue] = readChanged(file, (document) => document.setIn(keys, null));
  const example = readExampleOf(issue?.example, keys);
  expect(readChanged(file, (document) => document.setIn(keys, example))).toEqual([]);
});

// Rules tie these to others; each rule has a fixture of its own.
const ALONE = FIELDS.filter(([name]) => !/bypass\.|sticky$|origins\.\w\./.test(name));

test.each(ALONE)('without %s in %s: a default, or an example that is right', (_, file, keys) => {
  const [issue] = readChanged(file, (document) => document.deleteIn(keys));
  if (!issue) return;
  expect(issue.message).toContain(`"${String(keys.at(-1))}" is missing`);
  const example = readExampleOf(issue.example, keys);
  expect(readChanged(file, (document) => document.setIn(keys, example))).toEqual([]);
});

/** Paths of all fields, through maps and lists. */
function listKeys(value: unknown, keys: Keys = []): readonly Keys[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => listKeys(item, [...keys, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...keys, key];
    return [path, ...listKeys(inner, path)];
  });
}

/** The issues in one file after a change to it. */
function readChanged(file: FileName, change: (document: Document) => void) {
  const document = parseDocument(COMPLETE[file]);
  change(document);
  const files = { ...COMPLETE, [file]: String(document) };
  const { issues } = readPolicies(
    Object.entries(files).map(([name, text]) => ({ file: name, text })),
  );
  return issues.filter((issue) => issue.file === file);
}

/** What the example says that should stand at the last key. */
function readExampleOf(example: string | undefined, keys: Keys): unknown {
  expect(example).toBeDefined();
  return (parse(example ?? '') as Record<string, unknown>)[String(keys.at(-1))];
}
