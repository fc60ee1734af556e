import { expect, it } from 'vitest';
import { keys } from '../../../controller/commands/keys.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { SIGNED, useSigning, type RunOptions, type Signing } from './signing.ts';

const open = useSigning();

const rotate = (on: Signing, options: RunOptions = {}) =>
  on.run(keys, ['rotate', on.app, 'prod'], options);
const kidsOf = async (on: Signing) => Object.keys(await on.ring());

it('adds a second key, and a third once nothing that the first signed can be valid', async () => {
  const mine = await open();
  const policy = SIGNED;
  const first = await rotate(mine, { policy });
  expect(first.code).toBe(0);
  const one = await kidsOf(mine);
  expect(first.said).toBe(`Key ${one[0]} of ${mine.app}/prod signs from now on.`);
  await rotate(mine, { policy });
  const two = await kidsOf(mine);
  expect(two).toEqual([expect.any(String), one[0]]);

  const early = await rotate(mine, { policy });
  expect(early.code).toBe(3);
  expect(early.said).toMatch(/may be valid until 20\d\d-[\s\S]*next: .*--force/);
  expect(await kidsOf(mine)).toEqual(two);

  const month = { now: () => new Date(Date.now() + 31 * 86_400_000), sleep: async () => {} };
  const through = (context: Context) => ({ ...context, clock: month });
  expect(await rotate(mine, { policy, through })).toMatchObject({ code: 0 });
  const three = await kidsOf(mine);
  expect(three).toEqual([expect.any(String), two[0]]);

  expect((await rotate(mine, { policy, values: { force: true } })).code).toBe(0);
  expect(await kidsOf(mine)).toEqual([expect.any(String), three[0]]);
});

it('prints which keys are live, and no secret', async () => {
  const mine = await open();
  const { said } = await rotate(mine, { values: { json: true } });
  expect(JSON.parse(said)).toEqual({
    outcome: 'rotated',
    live: await kidsOf(mine),
    dropped: [],
  });
});

it('puts back what the KeyValueStore lost, with the same keys', async () => {
  const mine = await open();
  await rotate(mine);
  const before = await mine.ring();
  const key = `keys/${mine.app}/prod`;
  const { revision } = await mine.context.routes.read('headgate-prod', [key]);
  await mine.context.routes.write('headgate-prod', revision, { put: new Map(), remove: [key] });
  expect((await rotate(mine)).said).toMatch(/^Finished a rotation/);
  expect(await mine.ring()).toEqual(before);
});

const moments = [1, 2, 3].flatMap((nth) => [
  { nth, when: 'before' as const },
  { nth, when: 'after' as const },
]);

it.each(moments)(
  'killed $when write $nth of a third rotation: run again, it converges',
  async (moment) => {
    const mine = await open();
    // Open previews and no gate: nothing that was signed is valid, so each may follow at once.
    for (let time = 0; time < 2; time++) await rotate(mine);
    const before = await kidsOf(mine);
    await expect(rotate(mine, { through: killAt(moment) })).rejects.toThrow('killed');

    const again = await rotate(mine);
    expect(again.code).toBe(0);
    const after = await kidsOf(mine);
    expect(after).toHaveLength(2);
    const isUntouched = moment.nth === 1 && moment.when === 'before';
    const isDone = moment.nth === 3 && moment.when === 'after';
    // One key more, however often it took; a rotation that was already whole is followed by the next.
    expect(after[1] === before[0]).toBe(!isDone);
    expect(again.said.startsWith('Finished')).toBe(!isUntouched && !isDone);
  },
);

it('two at the same moment never drop a live key between them', async () => {
  const mine = await open();
  await rotate(mine);
  const [first] = await kidsOf(mine);
  let other: number | undefined;
  const late = await rotate(mine, {
    through: interceptWrites(async (nth, write) => {
      if (nth === 1) other = (await rotate(mine)).code;
      return write();
    }),
  });
  expect({ other, late: late.code }).toEqual({ other: 0, late: 4 });
  expect(await kidsOf(mine)).toEqual([expect.any(String), first]);
});

it.each([[[]], [['list', 'shop', 'prod']]])('refuses %j', async (args) => {
  const { code, said } = await (await open()).run(keys, args);
  expect(code).toBe(2);
  expect(said).toContain('next: For example: headgate keys rotate shop prod');
});

type Intercept = <T>(nth: number, write: () => Promise<T>) => Promise<T>;

function killAt({ nth, when }: (typeof moments)[number]): (context: Context) => Context {
  return interceptWrites(async (at, write) => {
    if (at === nth && when === 'before') throw new Error('killed');
    const answer = await write();
    if (at === nth) throw new Error('killed');
    return answer;
  });
}

/** Stands before everything that a rotation writes. */
function interceptWrites(intercept: Intercept): (context: Context) => Context {
  let count = 0;
  const pass: <T>(write: () => Promise<T>) => Promise<T> = (write) => intercept(++count, write);
  return (context) => ({
    ...context,
    keys: (region) => {
      const store = context.keys(region);
      return {
        read: (...args) => store.read(...args),
        create: (...args) => pass(() => store.create(...args)),
        remove: (...args) =>
          args[2].length === 0 ? Promise.resolve() : pass(() => store.remove(...args)),
      };
    },
    routes: {
      read: (...args) => context.routes.read(...args),
      write: (...args) => pass(() => context.routes.write(...args)),
    },
  });
}
