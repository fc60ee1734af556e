import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENTRIES } from '../../../../controller/core/doctor/catalogue.ts';
import { renderTables } from './page.ts';

describe('policies/doctor.md', () => {
  it('has every finding with its gravity and meaning', async () => {
    const page = await readFile('policies/doctor.md', 'utf8');
    const [, tables = ''] = /<!-- findings -->\n([^]*)\n<!-- \/findings -->/.exec(page) ?? [];
    // The formatter pads the columns.
    const plain = (text: string) => text.replaceAll(/-{3,}/g, '---').replaceAll(/ +/g, ' ').trim();
    expect(plain(tables)).toBe(plain(renderTables()));
  });
});

/** Where faults are planted, in an account or in facts. */
const PLACES = ['test/end-to-end/doctor', 'test/controller/core/doctor'];

describe('every finding', () => {
  it('is wanted by a test, which plants its fault', async () => {
    const texts = await Promise.all(PLACES.map(readAll));
    const planted = texts.flat().join('\n');
    expect([...ENTRIES.keys()].filter((id) => !planted.includes(`'${id}'`))).toEqual([]);
  });
});

async function readAll(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
}
