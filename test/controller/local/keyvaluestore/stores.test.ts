import { expect, it } from 'vitest';
import { checkStoreSize } from '../../../../controller/local/keyvaluestore/limits.ts';
import { openKeyValueStores } from '../../../../controller/local/keyvaluestore/stores.ts';
import type { Disk } from '../../../../controller/local/service.ts';

const NO_DISK: Disk = {
  read: () => undefined,
  write: () => {},
  remove: () => {},
  list: () => [],
  readBytes: () => undefined,
  writeBytes: () => {},
  removeBytes: () => {},
};

it('shows a write to readers after the propagation delay, whole, and each write at its own time', () => {
  let now = 0;
  const stores = openKeyValueStores({
    disk: NO_DISK,
    clock: { speed: 2, now: () => new Date(now) },
    propagationSeconds: 10,
  });
  const record = stores.create('routes', '');
  const put = (puts: readonly (readonly [string, string])[], deletes: readonly string[] = []) =>
    stores.change(stores.findByArn(record.arn) ?? record, { puts, deletes });
  const seen = () => {
    const view = stores.view(record.arn);
    return [view?.get('a'), view?.get('b'), view?.meta().keyCount];
  };
  const at = (time: number) => {
    now = time;
    return seen();
  };

  now = 1000;
  put([
    ['a', '1'],
    ['b', '1'],
  ]);
  now = 3000;
  put([['a', '2']], ['b']);
  expect(at(5999)).toEqual([undefined, undefined, 0]);
  expect(at(6000)).toEqual(['1', '1', 2]);
  expect(at(7999)).toEqual(['1', '1', 2]);
  expect(at(8000)).toEqual(['2', undefined, 1]);
});

it('refuses a store of more than 5 MB', () => {
  expect(() => checkStoreSize(5 * 1024 * 1024)).not.toThrow();
  expect(() => checkStoreSize(5 * 1024 * 1024 + 1)).toThrow('the limit is 5242880');
});
