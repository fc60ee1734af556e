import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  explainStacks,
  renderExplanation,
} from '../../../../controller/core/infrastructure/explain.ts';
import { listLeftOver } from '../../../../controller/core/infrastructure/left-over.ts';
import { renderRequirements } from '../../../../controller/core/infrastructure/requirements.ts';
import { pathOfExample } from '../policy/fixtures.ts';
import { readDemo, readOrigins, readTwoRegions } from './fixtures.ts';

function golden(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/infrastructure/${name}`, import.meta.url));
}

// `npx vitest run --config test/vitest.config.ts explain -u` writes it again.
test('the example policies are explained, resource by resource, as policies/bootstrap.md shows it', async () => {
  const text = renderExplanation(explainStacks(readDemo()));
  const path = pathOfExample('bootstrap.md');
  const part = `<!-- explanation -->\n\n\`\`\`text\n$ headgate bootstrap\n${text}\n\`\`\`\n\n<!-- /explanation -->`;
  const page = readFileSync(path, 'utf8').replace(
    /<!-- explanation -->[^]*<!-- \/explanation -->/,
    () => part,
  );
  await expect(page).toMatchFileSnapshot(path);
});

test('teams with tools of their own get every setting, with their ids where they are known', async () => {
  const facts = readDemo();
  const named = {
    ...facts,
    policies: {
      ...facts.policies,
      apps: facts.policies.apps.map((one) => ({
        ...one,
        environments: one.environments.map((environment) =>
          environment.name === 'prod'
            ? { ...environment, edge: { ...environment.edge, distribution: 'E2PRODUCTSHOP' } }
            : environment,
        ),
      })),
    },
  };
  await expect(`${renderRequirements(named)}\n`).toMatchFileSnapshot(golden('requirements.txt'));
});

test('what others have made is among what they must have right', () => {
  const facts = readDemo('setup: { existing: { buckets: [acme-web-builds] } }');
  expect(renderRequirements(facts)).toContain('BucketName: acme-web-builds');
});

test('what no template can make is said with the way to get it', () => {
  const told = (facts: Parameters<typeof listLeftOver>[0]) =>
    listLeftOver(facts).map(({ subject, what }) => `${subject}: ${what}`);
  expect(told(readDemo())).toEqual([
    'shop/staging: DNS of staging.shop.example.com',
    'shop/prod: DNS of shop.example.com',
  ]);
  expect(told(readDemo('')).join('\n')).toContain('no certificate');
  const { setup: _setup, ...policies } = readTwoRegions().policies;
  const unknown = told({ ...readTwoRegions(), policies });
  expect(unknown).toContain(
    "checkout-errors: alarm in eu-west-1: CloudFront's metrics are in us-east-1 only",
  );
  const { setup: _other, ...bare } = readOrigins().policies;
  expect(told({ ...readOrigins(), policies: bare })).toContain(
    'shop: origin blue-app, which the policy names by id',
  );
});
