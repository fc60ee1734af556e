import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { denyVisitors } from '../../../../controller/core/adopt/deny-visitors.ts';

it('is the statement that policies/moving.md shows', () => {
  const page = join(import.meta.dirname, '../../../../policies/moving.md');
  const [, shown = ''] = /```json\n([^]*?)```/.exec(readFileSync(page, 'utf8')) ?? [];
  expect(denyVisitors('acme-web-builds')).toEqual(JSON.parse(shown));
});
