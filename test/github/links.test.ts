import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = [
  'README.md',
  ...['controller', 'edge', 'policies', '.github', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => join(folder, name)),
  ),
];
const withoutCode = (page: string) =>
  readFileSync(join(root, page), 'utf8').replaceAll(/^ *```[^]*?^ *```$/gm, '');

/** As GitHub makes them of headings. */
const anchorsOf = (page: string) =>
  [...withoutCode(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Targets of a page that are not there; those of other sites are not looked at. */
function findDeadLinks(page: string): readonly string[] {
  const links = [...withoutCode(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)];
  return links.flatMap(([, link = '']) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return [link];
    if (anchor === undefined || !target.endsWith('.md')) return [];
    return anchorsOf(target).includes(anchor) ? [] : [link];
  });
}

test.each(pages)('every link of %s leads somewhere', (page) => {
  expect(findDeadLinks(page)).toEqual([]);
});

/** Tests that a page names as its proof. Folders of decisions say what was, so they are not held to it. */
const proofs = pages
  .filter((page) => !page.includes('decisions'))
  .flatMap((page) =>
    [...withoutCode(page).matchAll(/`(test\/[^`\s*<]+)`/g)].map(([, path = '']) => ({
      page,
      path,
    })),
  );

test.each(proofs)('$path, of which $page speaks, is there', ({ path }) => {
  expect(existsSync(join(root, path))).toBe(true);
});

test('a dead link is found', () => {
  expect(anchorsOf('README.md')).toContain('quick-start-60-seconds-no-account');
  expect(anchorsOf('README.md')).not.toContain('quick-start');
});

/** `headgate <verb> --flag` in the console blocks of all pages. */
const calls = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^\$ (?:npx )?headgate (\w+)(.*)$/gm)].map(
    ([, verb = '', rest = '']) => ({ page, verb, flags: rest.match(/(?<= )--[a-z-]+/g) ?? [] }),
  ),
);

test('every command of a page has a verb and flags that exist', async () => {
  expect(calls.length).toBeGreaterThan(30);
  const commandLine = readFileSync(join(root, 'controller/cli.ts'), 'utf8');
  for (const { page, verb, flags } of calls) {
    const file = new RegExp(`^  ${verb}: async .*import\\('(.*)'`, 'm').exec(commandLine)?.[1];
    expect(file, `${page}: headgate ${verb}`).toBeDefined();
    const source = readHelp(String(file));
    for (const flag of flags) expect(source, `${page}: headgate ${verb}`).toContain(flag);
  }
});

/** The command's text, with that of its parts: to import all would load every SDK. */
function readHelp(file: string): string {
  const path = join(root, 'controller', file);
  const parts = path.replace(/\.ts$/, '');
  const more = existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [];
  return [path, ...more]
    .filter((one) => one.endsWith('.ts'))
    .map((one) => readFileSync(one, 'utf8'))
    .join('\n');
}
