import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import {
  findBuild,
  readAppName,
  replaceBuild,
} from '../../../../controller/core/github/edit-build.ts';

/** As people write them: the text before and after the one value, in every style that YAML has for it. */
interface Written {
  readonly before: string;
  readonly value: string;
  readonly after: string;
}

const build = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/)
  .filter((text) => text !== 'off');

const comment = fc.oneof(
  fc.constant(''),
  fc.constantFrom(
    ' # hotfix',
    ' # "1042" before',
    " # don't: {a} [b] &c *d",
    ' # Größe ünïcode 🚀 行',
  ),
);

const scalar = build.chain((text) =>
  fc.constantFrom(`"${text}"`, `'${text}'`, `&pinned "${text}"`, `!!str '${text}'`),
);

const blank = fc.constantFrom('', '\n', '# a comment: "build" 1043\n', '\n\n# ---\n');

/** Other keys of the same map, which may look much like it. */
const neighbours = fc.constantFrom(
  'keep: 3 # build: "9"',
  'steps: [ { weight: 5%,  hold: 5m },{weight: 25%, hold: 5m} ]',
  'bake:    10m',
  "note: 'it''s \"1043\"'",
  'other: &base { build: "7" }',
  'text: "\\u00e9 build: \\"1043\\""',
);

const block = fc
  .record({
    scalar,
    comment,
    first: neighbours,
    last: neighbours,
    blank,
    key: fc.constantFrom('build:', '? build\n      :'),
  })
  .map(({ scalar: value, comment: remark, first, last, blank: gap, key }): Written => {
    const anchor = /^(&\w+ |!!str )/.exec(value)?.[0] ?? '';
    const before = `app: shop\n${gap}environments:\n  dev: { release: { build: "1" } }\n  prod:\n    hosts: [a.example.com]\n    release:\n      ${first.replace(/^/, 'x-')}\n${gap}      ${key} ${anchor}`;
    const after = `${remark}\n      ${last.replace(/^/, 'y-')}\n${gap}  test: {release: {build: '2'}}\n`;
    return { before, value: value.slice(anchor.length), after };
  });

const flow = fc.record({ scalar, comment }).map(({ scalar: value, comment: remark }): Written => {
  const anchor = /^(&\w+ |!!str )/.exec(value)?.[0] ?? '';
  return {
    before: `# top\nenvironments: {dev: {release: {build: "1"}}, "prod": {release:   {keep: 3, 'build': ${anchor}`,
    value: value.slice(anchor.length),
    after: ` ,bake: 1m}}}${remark}\n`,
  };
});

const dressed = fc
  .record({
    written: fc.oneof(block, flow),
    hasBom: fc.boolean(),
    isCrlf: fc.boolean(),
    hasEnd: fc.boolean(),
  })
  .map(({ written, hasBom, isCrlf, hasEnd }): Written => {
    const dress = (text: string) => (isCrlf ? text.replaceAll('\n', '\r\n') : text);
    const after = hasEnd ? written.after : written.after.trimEnd();
    return {
      before: `${hasBom ? '\uFEFF' : ''}${dress(written.before)}`,
      value: written.value,
      after: dress(after),
    };
  });

function valueIn(text: string): unknown {
  const document = parseDocument(text, { schema: 'core', stringKeys: true });
  expect(document.errors).toEqual([]);
  return document.getIn(['environments', 'prod', 'release', 'build']);
}

function found(text: string) {
  const place = findBuild(text, 'prod');
  if (place.kind !== 'found') throw new Error(JSON.stringify(place));
  return place;
}

describe('an edited policy', () => {
  it('has the other value, and every other byte as it was', () => {
    fc.assert(
      fc.property(dressed, build, ({ before, value, after }, next) => {
        const text = `${before}${value}${after}`;
        const place = found(text);
        const quote = value.startsWith("'") ? "'" : '"';
        const edited = replaceBuild(text, place, next);
        expect(edited).toBe(`${before}${quote}${next}${quote}${after}`);
        expect(valueIn(edited)).toBe(next);
        expect(place.line).toBe(before.split('\n').length);
        // And back again, as reverting the revert does.
        const former = value.slice(1, -1);
        expect(replaceBuild(edited, found(edited), former)).toBe(text);
      }),
      { numRuns: 150 },
    );
  });

  it('puts a number that was written without quotes into quotes', () => {
    const text = 'environments:\n  prod:\n    release:\n      build: 1043 # bare\n';
    expect(replaceBuild(text, found(text), '1042')).toBe(text.replace('1043', '"1042"'));
  });

  it('keeps a value over two lines from leaving half of itself', () => {
    const text =
      'environments:\n  prod:\n    release:\n      build: "10\\\n        43"\n      keep: 3\n';
    expect(replaceBuild(text, found(text), '1042')).toBe(
      'environments:\n  prod:\n    release:\n      build: "1042"\n      keep: 3\n',
    );
  });
});

describe('a value that stands elsewhere, or in no one place', () => {
  it.each([
    [
      'an alias',
      'x: &b "1043"\nenvironments:\n  prod:\n    release:\n      build: *b\n',
      /alias \(\*b\)/,
    ],
    [
      'a map that is an alias',
      'x: &r { build: "1" }\nenvironments:\n  prod:\n    release: *r\n',
      /alias \(\*r\)/,
    ],
    [
      'a merge key',
      'x: &r { build: "1" }\nenvironments:\n  prod:\n    release:\n      <<: *r\n',
      /merge key/,
    ],
    ['a merged environment', 'x: &e {}\nenvironments:\n  <<: *e\n', /merge key/],
    [
      'a block',
      'environments:\n  prod:\n    release:\n      build: >-\n        1043\n',
      /block of lines/,
    ],
    ['a list', 'environments:\n  prod:\n    release:\n      build: ["1043"]\n', /no text/],
    ['nothing', 'environments:\n  prod:\n    release: {}\n', /no `build`/],
    [
      'an open quote',
      'environments:\n  prod:\n    release:\n      build: "1043\n',
      /not valid YAML \(line \d/,
    ],
  ])('is left alone: %s', (_name, text, why) => {
    expect(findBuild(text, 'prod')).toEqual({ kind: 'unclear', why: expect.stringMatching(why) });
  });

  it.each(['', 'environments: {}\n', 'environments:\n  dev: {}\n', '[]\n', 'environments:\n'])(
    'has no such environment: %j',
    (text) => {
      expect(findBuild(text, 'prod')).toEqual({ kind: 'no-environment' });
    },
  );
});

describe('whose file it is', () => {
  it.each([
    ['app: shop\n', 'shop'],
    ['# app: other\n"app": "shop" # yes\nx: *gone\n', 'shop'],
    ['apps: shop\n', undefined],
    ['app: [shop]\n', undefined],
    ['', undefined],
  ])('%j', (text, name) => {
    expect(readAppName(text)).toBe(name);
  });
});
