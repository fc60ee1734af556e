import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderFieldTables } from '../../../../controller/core/policy/field-table.ts';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { pathOfExample, readExample, readWithFixture, runValidate } from './fixtures.ts';

// `npm test -- readme -u` writes the generated parts again. The flag last: a path behind it would be its value.
test('the tables and messages in policies/README.md are those of the code', async () => {
  const tables = renderFieldTables();
  const { printed } = await runValidate(readWithFixture('everything-wrong-at-once.yaml'));
  const issues = printed.replaceAll('everything-wrong-at-once', 'cart');
  const parts = {
    issues: `\n\`\`\`text\n$ headgate validate\n${issues}\n\`\`\`\n`,
    edge: `\n${tables.edge}\n`,
    app: `\n${tables.app}\n`,
  };
  const path = pathOfExample('README.md');
  const written = Object.entries(parts).reduce(
    (text, [name, part]) =>
      text.replace(
        new RegExp(`<!-- ${name} -->[^]*<!-- /${name} -->`),
        () => `<!-- ${name} -->\n${part}\n<!-- /${name} -->`,
      ),
    readFileSync(path, 'utf8'),
  );
  await expect(written).toMatchFileSnapshot(path);
});

test('the smallest app file in policies/README.md is fine', () => {
  const [, example = ''] =
    /```yaml\n(\s*apiVersion[^]*?)```/.exec(readFileSync(pathOfExample('README.md'), 'utf8')) ?? [];
  const { issues } = readPolicies([readExample('edge.yaml'), { file: 'shop.yaml', text: example }]);
  expect(issues).toEqual([]);
});
