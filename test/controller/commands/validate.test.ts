import { expect, test } from 'vitest';
import { EXIT, UsageError } from '../../../controller/core/errors.ts';
import { readExample, readWithFixture, runValidate, writeApp } from '../core/policy/fixtures.ts';

const good = [readExample('edge.yaml'), readExample('shop.yaml')];
const bad = readWithFixture('weight-without-percent.yaml');

test('good policies are counted, exit 0', async () => {
  expect(await runValidate(good)).toEqual({
    exitCode: EXIT.done,
    printed: '1 app, 2 environments: fine',
  });
});

test('issues are printed with place and example, exit 2', async () => {
  const { exitCode, printed } = await runValidate(bad);
  expect(exitCode).toBe(EXIT.usage);
  expect(printed).toMatchInlineSnapshot(`
    "policies/weight-without-percent.yaml:12:21: weight: 5 is not a share of visitors from 0.01% to 99.99% (at most two decimals; after the last step everyone gets the build)
        e.g. weight: 5%
    policies/weight-without-percent.yaml:13:21: weight: 25 is not a share of visitors from 0.01% to 99.99% (at most two decimals; after the last step everyone gets the build)
        e.g. weight: 5%
    2 issues; usable without what they refuse: 2 apps, 2 environments"
  `);
});

test('--json is for machines, with the same exit code', async () => {
  const { exitCode, printed } = await runValidate(bad, { json: true });
  expect(exitCode).toBe(EXIT.usage);
  expect(JSON.parse(printed)).toMatchObject({
    apps: 2,
    environments: 2,
    issues: [
      { file: 'policies/weight-without-percent.yaml', line: 12, column: 21, example: 'weight: 5%' },
      { environment: 'cart/prod', line: 13 },
    ],
  });
});

test('--annotations adds workflow commands with what GitHub needs escaped', async () => {
  const { printed } = await runValidate(bad, { annotations: true });
  const lines = printed.split('\n').filter((line) => line.startsWith('::'));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchInlineSnapshot(
    `"::error file=policies/weight-without-percent.yaml,line=12,col=21::weight: 5 is not a share of visitors from 0.01%25 to 99.99%25 (at most two decimals; after the last step everyone gets the build)%0Ae.g. weight: 5%25"`,
  );
});

test('file names can not break out of an annotation', async () => {
  const file = 'policies/a,line=1::b.yaml';
  const { printed } = await runValidate([...good, { file, text: '' }], { annotations: true });
  expect(printed).toContain('::error file=policies/a%2Cline=1%3A%3Ab.yaml,line=1,col=1::');
});

test('--json with --annotations is refused', async () => {
  await expect(runValidate(good, { json: true, annotations: true })).rejects.toThrow(UsageError);
});

test('no directory, or no edge.yaml in it, says what to do', async () => {
  await expect(runValidate(good, { policies: 'nowhere' })).rejects.toMatchObject({
    exitCode: EXIT.usage,
    message: 'There is no directory nowhere.',
    next: expect.stringContaining('--policies <dir>'),
  });
  await expect(runValidate([readExample('shop.yaml')])).rejects.toMatchObject({
    message: 'There is no edge.yaml in policies.',
  });
});

test('a file that would be passed over for its ending is an issue', async () => {
  const { exitCode, printed } = await runValidate([
    ...good,
    { file: 'policies/cart.yml', text: writeApp() },
  ]);
  expect(exitCode).toBe(EXIT.usage);
  expect(printed).toContain('policies/cart.yml:1:1: policies end in .yaml; rename the file');
});

test("the team's viewer code is composed in, and what is wrong with it has a place too", async () => {
  const [edge, shop] = good;
  if (edge === undefined || shop === undefined) throw new Error('the examples are there');
  const text = edge.text.replace('staging:\n', 'staging:\n    before: ./viewer.js\n');
  const policies = [{ ...edge, text }, shop];
  const viewer = (code: string) => [...policies, { file: 'policies/viewer.js', text: code }];
  const fine = await runValidate(viewer('function before(event) { return event.request; }'));
  expect(fine.exitCode).toBe(EXIT.done);
  const { exitCode, printed } = await runValidate(viewer('function before(event) { ) }'));
  expect(exitCode).toBe(EXIT.usage);
  expect(printed).toMatch(/^policies\/edge.yaml:8:5: policies\/viewer.js:1:26: Unexpected "\)"/);
  expect((await runValidate(policies)).printed).toContain('there is no file policies/viewer.js');
});
