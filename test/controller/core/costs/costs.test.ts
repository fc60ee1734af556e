import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VIEW } from '../../../../controller/core/costs/assumptions.ts';
import { DESIGNS, REQUESTS_OF_VIEW } from '../../../../controller/core/costs/designs.ts';
import { priceBill, PRICES } from '../../../../controller/core/costs/prices.ts';
import { renderCosts } from '../../../../controller/core/costs/render.ts';
import { pathOfExample } from '../policy/fixtures.ts';

// `npm test -- costs -u` writes the tables again.
test('the tables of policies/costs.md are those of the code', async () => {
  const path = pathOfExample('costs.md');
  const page = Object.entries(renderCosts()).reduce(
    (text, [name, part]) =>
      text.replace(
        new RegExp(`<!-- ${name} -->[^]*<!-- /${name} -->`),
        () => `<!-- ${name} -->\n\n${part}\n\n<!-- /${name} -->`,
      ),
    readFileSync(path, 'utf8'),
  );
  await expect(page).toMatchFileSnapshot(path);
});

test('a bill is what its items cost', () => {
  expect(priceBill({ put: 2000, get: 5000 })).toBeCloseTo(0.012);
  expect(priceBill({ lambdaGigabyteSecond: 400_000 })).toBeCloseTo(6.668);
  expect(priceBill({})).toBe(0);
});

test('each price says where it was read', () => {
  for (const { source } of Object.values(PRICES)) expect(new URL(source).protocol).toBe('https:');
});

test('a million page views by hand: three requests run two functions and read once, or three at the edge', () => {
  const million = (name: string) => {
    const design = DESIGNS.find((one) => one.name.startsWith(name));
    return priceBill(design?.view ?? {}) * 1_000_000;
  };
  expect(REQUESTS_OF_VIEW).toBe(20);
  expect(million('Headgate, `cloudfront-functions`')).toBeCloseTo(6 * 0.1 + 3 * 0.03);
  const runs = 6.15 * 0.6;
  const gigabyteSeconds = 1e6 * (3 * 0.007 + 3 * VIEW.missed * 0.002) * 0.125;
  expect(million('Headgate, `lambda-edge`')).toBeCloseTo(runs + gigabyteSeconds * 0.000_050_01);
});
