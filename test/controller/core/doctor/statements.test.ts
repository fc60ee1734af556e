import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { STATEMENTS } from '../../../../controller/core/doctor/probe/statements.ts';

const ROOT = new URL('../../../../', import.meta.url);
const LISTS = ['controller/local/README.md', 'controller/README.md', 'edge/README.md'];
const PAGES = [
  ...LISTS,
  ...['policies/', '.github/decisions/'].flatMap((folder) =>
    readdirSync(new URL(folder, ROOT))
      .filter((name) => name.endsWith('.md'))
      .map((name) => folder + name),
  ),
];
/** Lines that only speak of the word. */
const SPEAKS_OF_IT = [
  'How we know each rule',
  'must not depend on an assumed rule',
  'assumed rules says where to look',
  'documented, observed elsewhere, or assumed',
  'is partly assumed: see',
  'What is assumed',
  '[assumed](#what-is-assumed)',
  '(#what-is-assumed)',
  'every statement',
  '[what is assumed]',
];

function listAssumed(page: string): readonly string[] {
  return readFileSync(new URL(page, ROOT), 'utf8')
    .split('\n')
    .filter((line) => /\bassumed\b/i.test(line));
}

test('whatever a page marks as assumed is a statement that is measured, or not with a reason', () => {
  const forgotten = PAGES.flatMap((page) =>
    listAssumed(page)
      .filter((line) => !STATEMENTS.some((one) => one.page === page && line.includes(one.says)))
      .filter((line) => !SPEAKS_OF_IT.some((words) => line.includes(words)))
      .map((line) => `${page}: ${line.replaceAll(/ {2,}/g, ' ')}`),
  );
  expect(forgotten).toEqual([]);
});

test('each statement stands in one line of its page that says so', () => {
  const lost = STATEMENTS.filter(
    ({ page, says }) => listAssumed(page).filter((line) => line.includes(says)).length !== 1,
  );
  expect(lost.map(({ id }) => id)).toEqual([]);
  expect(new Set(STATEMENTS.map(({ id }) => id)).size).toBe(STATEMENTS.length);
});
