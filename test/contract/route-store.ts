import { expect, it } from 'vitest';
import type { RouteStore } from '../../controller/ports/route-store.ts';

const NOTHING = { put: new Map<string, string>(), remove: [] };

/** What every RouteStore does. `store`: the name of an empty one. */
export function checkRouteStore(open: () => { routes: RouteStore; store: string }): void {
  it('reads what was written and leaves out keys that are not there', async () => {
    const { routes, store } = open();
    const { revision } = await routes.read(store, []);
    const put = new Map([
      ['shop.example.com', '{"gen":1}'],
      ['www.shop.example.com', '{"gen":1}'],
    ]);
    expect(await routes.write(store, revision, { ...NOTHING, put })).toBe('written');
    const read = await routes.read(store, ['shop.example.com', 'none.example.com']);
    expect(read.values).toEqual(new Map([['shop.example.com', '{"gen":1}']]));
    expect(read.revision).not.toBe(revision);
  });

  it('removes keys in the same write', async () => {
    const { routes, store } = open();
    const { revision } = await routes.read(store, []);
    const change = { put: new Map([['new.example.com', 'b']]), remove: ['www.shop.example.com'] };
    expect(await routes.write(store, revision, change)).toBe('written');
    const { values } = await routes.read(store, ['new.example.com', 'www.shop.example.com']);
    expect(values).toEqual(new Map([['new.example.com', 'b']]));
  });

  it('refuses a write when the store moved since it was read, whatever key moved it', async () => {
    const { routes, store } = open();
    const { revision } = await routes.read(store, ['shop.example.com']);
    const other = { ...NOTHING, put: new Map([['other.example.com', 'theirs']]) };
    const ours = { ...NOTHING, put: new Map([['shop.example.com', 'ours']]) };
    expect(await routes.write(store, revision, other)).toBe('written');
    expect(await routes.write(store, revision, ours)).toBe('conflict');
    const { values } = await routes.read(store, ['shop.example.com', 'other.example.com']);
    expect(values.get('other.example.com')).toBe('theirs');
    expect(values.get('shop.example.com')).not.toBe('ours');
  });

  it('writes all or nothing: one value over the limit, and no key changes', async () => {
    const { routes, store } = open();
    const { revision } = await routes.read(store, []);
    const put = new Map([
      ['fits.example.com', 'x'],
      ['big.example.com', 'x'.repeat(1025)],
    ]);
    await expect(routes.write(store, revision, { ...NOTHING, put })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/limit.*Maximum size of the value/) as unknown,
    });
    const after = await routes.read(store, ['fits.example.com']);
    expect(after).toMatchObject({ revision, values: new Map() });
  });

  it('explains that a store is missing', async () => {
    await expect(open().routes.read('no-such-store', [])).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('no KeyValueStore no-such-store') as unknown,
    });
  });
}
