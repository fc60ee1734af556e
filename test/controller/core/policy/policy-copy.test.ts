import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  copyPolicies,
  isSameCopy,
  listMates,
  POLICY_COPY_VERSION,
  readCopy,
  refuseCopy,
  type PolicyCopy,
} from '../../../../controller/core/policy/policy-copy.ts';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { writeCopy } from '../../lambda/copy.ts';

const MONDAY = '2026-03-02T10:00:00+01:00';
const TUESDAY = '2026-03-03T09:00:00Z';
const run = { commit: 'abc', committedAt: MONDAY, at: TUESDAY, by: 'tester' };

function copyTexts(texts: PolicyCopy['files']): readonly PolicyCopy[] {
  return copyPolicies({ ...run, read: readPolicies(texts), texts });
}

function namesIn(copy: PolicyCopy): readonly string[] {
  const { apps } = readCopy(copy).policies;
  return apps.flatMap(({ environments }) => environments.map(({ name }) => name));
}

const [edge, shop] = writeCopy('1').files.map(({ file, text }) => ({
  file: `some/where/${file}`,
  text,
}));
if (edge === undefined || shop === undefined) throw new Error('two files');

function writeApp(app: string, ...names: readonly string[]): PolicyCopy['files'][number] {
  const environments = names.map((name) => [
    name,
    {
      hosts: [`${name}.${app}.example.com`],
      edge: { group: 'prod', distribution: `E1${name}${app}`.toUpperCase() },
      release: { build: '1' },
    },
  ]);
  const place = { apiVersion: 'headgate/v1', app, bucket: 'builds', region: 'us-east-1' };
  const text = stringify({ ...place, environments: Object.fromEntries(environments) });
  return { file: `some/where/${app}.yaml`, text };
}

describe('a copy of the policies', () => {
  it('is of each app whose file has no issue, by names that are the same wherever it was checked out', () => {
    const broken = { file: 'some/where/wrong.yaml', text: 'app: wrong' };
    expect(copyTexts([edge, shop, broken])).toEqual([
      {
        version: POLICY_COPY_VERSION,
        app: 'shop',
        files: writeCopy('1').files,
        ...run,
      },
    ]);
  });

  it('is not made while edge.yaml or the app has an issue', () => {
    const text = `${shop.text}\nunheardOf: true\n`;
    expect(copyTexts([edge, { ...shop, text }])).toEqual([]);
    const group = `${edge.text}\nunheardOf: true\n`;
    expect(copyTexts([{ ...edge, text: group }, shop])).toEqual([]);
  });

  it('is of the text that moves one environment, though another of the app has an issue', () => {
    const dev = `  dev:\n    hosts: [dev.example.com]\n    unheardOf: true\n`;
    const [copy] = copyTexts([edge, { ...shop, text: `${shop.text.trimEnd()}\n${dev}` }]);
    if (copy === undefined) throw new Error('no copy');
    expect(copy.refused).toEqual(['dev']);
    expect(namesIn(copy)).toEqual(['prod']);
    // Where two apps want the same host, the app's own file alone doesn't show what is wrong.
    expect(namesIn({ ...copy, files: writeCopy('1').files, refused: ['prod'] })).toEqual([]);
    expect(isSameCopy(copy, { ...copy, refused: [] })).toBe(false);
  });

  it('goes on where another group has an issue, and not where its own has', () => {
    const other = `  other:\n    runtime: abacus\n`;
    const groups = { ...edge, text: `${edge.text.trimEnd()}\n${other}` };
    expect(copyTexts([groups, shop])).toMatchObject([{ files: [{ text: groups.text }, {}] }]);
    const own = { ...edge, text: edge.text.replace('cloudfront-functions', 'abacus') };
    expect(copyTexts([own, shop])).toEqual([]);
  });

  it('has the files of apps that move together with it, too, and speaks for its own alone', () => {
    const text = `${edge.text}together: [[shop/prod, cart/prod], [cart/dev, pay/dev]]\n`;
    const others = [writeApp('cart', 'prod', 'dev'), writeApp('pay', 'dev')];
    const copies = copyTexts([{ ...edge, text }, writeApp('shop', 'prod'), ...others]);
    const files = copies.map((copy) => [copy.app, copy.files.map(({ file }) => file)]);
    expect(files).toEqual([
      ['shop', ['edge.yaml', 'shop.yaml', 'cart.yaml']],
      ['cart', ['edge.yaml', 'cart.yaml', 'pay.yaml', 'shop.yaml']],
      ['pay', ['edge.yaml', 'pay.yaml', 'cart.yaml']],
    ]);
    for (const copy of copies) {
      const { policies, issues } = readCopy(copy);
      expect(issues).toEqual([]);
      expect(policies.apps.map(({ app }) => app)).toEqual([copy.app]);
      expect(policies.together).toHaveLength(2);
    }
    expect(copies.map(listMates)).toEqual([['cart'], ['shop', 'pay'], ['cart']]);
  });

  it('is the same whoever wrote it, and another as soon as a comment differs', () => {
    const { committedAt: _late, ...other } = { ...writeCopy('1'), by: 'another', at: MONDAY };
    expect(isSameCopy(writeCopy('1'), other)).toBe(true);
    const files = other.files.map((one) => ({ ...one, text: `# why\n${one.text}` }));
    expect(isSameCopy(writeCopy('1'), { ...other, files })).toBe(false);
  });
});

describe('a copy may replace', () => {
  const stored = { ...writeCopy('1'), committedAt: MONDAY };
  it.each([
    ['one of an earlier commit', { ...stored, committedAt: TUESDAY }, undefined],
    ['one of the same commit', stored, undefined],
    ['none of a later commit', { ...stored, committedAt: '2026-03-02T08:59:59Z' }, /older/],
    ['none from git when it is from elsewhere', writeCopy('2'), /no git/],
  ])('%s', (_what, next, refusal) => {
    const refused = refuseCopy(stored, next);
    if (refusal === undefined) expect(refused).toBeUndefined();
    else expect(refused).toMatch(refusal);
  });

  it('one of a machine whose clock was ahead, but not from before it was copied', () => {
    const ahead = { ...stored, committedAt: '2030-01-01T00:00:00Z', at: TUESDAY };
    const next = { ...stored, committedAt: '2026-03-03T09:00:01Z' };
    expect(refuseCopy(ahead, next)).toBeUndefined();
    expect(refuseCopy(ahead, stored)).toMatch(/older/);
  });

  it('one from elsewhere in any case', () => {
    expect(refuseCopy(writeCopy('1'), writeCopy('2'))).toBeUndefined();
    expect(refuseCopy(writeCopy('1'), stored)).toBeUndefined();
  });
});
