import { expect, it } from 'vitest';
import type { CollectionStore } from '../../controller/ports/collection-store.ts';
import { UnansweredError } from '../../controller/core/errors.ts';
import { full } from '../depth.ts';

/** What every CollectionStore does with a bucket of S3. Each test has a prefix of its own. */
export function checkCollectionStore(open: () => CollectionStore): void {
  const body = (text: string) => Buffer.from(text);
  const write = async (key: string, text: string) => {
    const revision = await open().write(key, body(text), undefined);
    if (revision === undefined) throw new Error(`${key} is taken`);
    return revision;
  };
  const read = async (key: string) => {
    const object = await open().read(key);
    return object && Buffer.from(object.bytes).toString();
  };

  it('creates once, and replaces only what was read', async () => {
    const key = 'write/a b+ü%.json';
    const first = await write(key, 'one');
    expect(await open().write(key, body('two'), undefined)).toBeUndefined();
    const second = await open().write(key, body('two'), first);
    expect(second).not.toBe(first);
    expect(await open().write(key, body('three'), first)).toBeUndefined();
    expect(await open().write('write/none', body('one'), first)).toBeUndefined();
    expect(await open().read(key)).toMatchObject({ revision: second });
    expect(await read(key)).toBe('two');
    expect(await open().read('write/none')).toBeUndefined();
  });

  it('lets one of many writers at the same moment win', async () => {
    const revision = await write('race/key', '0');
    const tries = [1, 2, 3, 4, 5].map((one) => open().write('race/key', body(`${one}`), revision));
    const won = (await Promise.all(tries)).filter((one) => one !== undefined);
    expect(won).toHaveLength(1);
  });

  it('lists all below a prefix, with what age and size tell, and folders right below it', async () => {
    const revision = await write('list/builds/1/index.html', 'four');
    await write('list/builds/2/a/b.js', '');
    await write('list/builds/readme', '');
    await write('list/buildsx/3', '');
    const { found, isWhole } = await open().list('list/builds/');
    expect(isWhole).toBe(true);
    const keys = found.map(({ key }) => key.slice('list/builds/'.length));
    expect(keys).toEqual(['1/index.html', '2/a/b.js', 'readme']);
    expect(found[0]).toMatchObject({ size: 4, revision, modified: expect.any(Date) as Date });
    const folders = await open().folders('list/builds/');
    expect(folders).toEqual({ found: ['1', '2'], isWhole: true });
    expect(await open().list('list/none/')).toEqual({ found: [], isWhole: true });
  });

  it('lists and removes more than fits in one answer', { timeout: 60_000 }, async () => {
    const keys = Array.from({ length: full ? 1001 : 3 }, (_, index) => `many/${index}/key`);
    for (let start = 0; start < keys.length; start += 50) {
      await Promise.all(keys.slice(start, start + 50).map((key) => write(key, '')));
    }
    expect((await open().list('many/')).found).toHaveLength(keys.length);
    expect((await open().folders('many/')).found).toHaveLength(keys.length);
    await open().remove([...keys, 'many/none'], () => true);
    expect(await open().list('many/')).toEqual({ found: [], isWhole: true });
    await open().remove([], () => true);
  });

  it('removes nothing when it is too late for it', async () => {
    await write('late/key', 'one');
    await expect(open().remove(['late/key'], () => false)).rejects.toThrow(UnansweredError);
    expect(await read('late/key')).toBe('one');
  });

  it('removes only what is as it was read', async () => {
    const first = await write('unchanged/key', 'one');
    const second = await open().write('unchanged/key', body('two'), first);
    await open().removeIf('unchanged/key', first);
    expect(await read('unchanged/key')).toBe('two');
    await open().removeIf('unchanged/key', String(second));
    await open().removeIf('unchanged/key', String(second));
    expect(await read('unchanged/key')).toBeUndefined();
  });
}
