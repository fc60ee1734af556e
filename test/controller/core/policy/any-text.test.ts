import {
  assert,
  property,
  constantFrom,
  array,
  nat,
  record,
  string,
  oneof,
  uint16Array,
} from 'fast-check';
import { expect, test } from 'vitest';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { full } from '../../../depth.ts';
import { writeApp, writeEdge } from './fixtures.ts';

const runs = { numRuns: full ? 3000 : 100 };

/** What breaks YAML or its readers, and words that mean something to ours. */
const SCRAPS =
  String.raw`[ ] { } " ' : - ? | % & * , # ~ &a *a <<: !!binary --- ... null 1e3 .inf 0x1F 2026-11-22
  __proto__: constructor: environments: prod: release: build: steps: hosts: app: 100% 0s "1043"`.split(
    /\s+/,
  );
const scrap = constantFrom(...SCRAPS, '', ' ', '\n', '\t', '\n  ', '\uFEFF', '\0');
const edits = array(record({ at: nat(1000), remove: nat(30), insert: oneof(scrap, string()) }), {
  minLength: 1,
  maxLength: 6,
});

test('any text is read or refused, never a crash', () => {
  assert(
    property(uint16Array({ maxLength: 60 }), (units) =>
      checkReading(
        String.fromCharCode(...units.map((unit, index) => (index % 2 ? unit : unit % 128))),
      ),
    ),
    runs,
  );
});

test('any mangled policy is read or refused, never a crash', () => {
  assert(
    property(edits, (list) => {
      const mangled = list.reduce(
        (text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
        writeApp(),
      );
      checkReading(mangled);
    }),
    runs,
  );
});

test.each(['['.repeat(4000), '{a: '.repeat(3000), `a: ${'x'.repeat(100_000)}`, '- '.repeat(3000)])(
  'text made to exhaust a parser is refused',
  (text) => {
    const { issues } = readPolicies([
      { file: 'edge.yaml', text: writeEdge() },
      { file: 'cart.yaml', text },
    ]);
    expect(issues).not.toEqual([]);
  },
);

/** Whatever the text: an app is usable or something is said, at a place that exists, with an example. */
function checkReading(text: string): void {
  const files = [
    { file: 'edge.yaml', text: writeEdge() },
    { file: 'cart.yaml', text },
  ];
  const { policies, issues } = readPolicies(files);
  expect(policies.apps.length + issues.length).toBeGreaterThan(0);
  const lines = text.split(/\r\n|\r|\n/).length;
  for (const issue of issues) {
    expect(issue.file).toBe('cart.yaml');
    expect(issue.line).toBeGreaterThanOrEqual(1);
    expect(issue.line).toBeLessThanOrEqual(lines);
    expect(issue.column).toBeGreaterThanOrEqual(1);
    expect(issue.message).not.toMatch(/undefined|\[object/);
    expect(issue.example).not.toBe('');
  }
}
