import { expect, it } from 'vitest';
import type { ParameterStore } from '../../controller/ports/parameter-store.ts';

/** What every ParameterStore does. */
export function checkParameterStore(store: () => ParameterStore): void {
  it('reads what was written, with a version that grows by one', async () => {
    const name = '/headgate/shop/prod/route';
    const first = await store().write(name, '{"gen":1}');
    expect(await store().write(name, '{"gen":2}')).toBe(first + 1);
    expect(await store().read([name])).toEqual(
      new Map([[name, { value: '{"gen":2}', version: first + 1 }]]),
    );
  });

  it('leaves out parameters that do not exist, and reads more than one call can', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `/headgate/many/e${index}/route`);
    for (const name of names) await store().write(name, name);
    const found = await store().read(['/headgate/none/prod/route', ...names]);
    expect([...found.keys()].toSorted()).toEqual(names.toSorted());
    expect(found.get('/headgate/many/e22/route')?.value).toBe('/headgate/many/e22/route');
  });

  it('asks nothing when asked for nothing', async () => {
    expect(await store().read([])).toEqual(new Map());
  });
}
