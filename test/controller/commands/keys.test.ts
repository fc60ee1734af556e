import { expect, it } from 'vitest';
import { keys } from '../../../controller/commands/keys.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { preview } from '../../../controller/commands/preview.ts';
import { BUILD, SIGNED, useSigning, type RunOptions, type Signing } from './signing.ts';

const open = useSigning();

/** Time passes for those who wait for it. */
const clock: Context['clock'] = { now: () => new Date(), sleep: async () => {} };
const rotate = (on: Signing, { through = (same) => same, ...options }: RunOptions = {}) =>
  on.run(keys, ['rotate', on.app, 'prod'], {
    ...options,
    through: (context) => through({ ...context, clock }),
  });
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

  const month = { ...clock, now: () => new Date(Date.now() + 31 * 86_400_000) };
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

it('where Lambda@Edge derives them itself, the masters in SSM are all there is', async () => {
  const mine = await open();
  const runtime = 'lambda-edge';
  const master = () => mine.context.keys('us-east-1').list(mine.app, 'prod');
  expect((await rotate(mine, { runtime })).said).toContain('signs from now on');
  const [first = ''] = await master();
  // The edge lets it sign a minute and `routeMaxAge` after it was made: then every instance knows it.
  expect((await rotate(mine, { runtime })).said).toMatch(/signs from 20\d\d-/);
  expect(await master()).toEqual([expect.any(String), first]);
  const early = await rotate(mine, { runtime, values: { force: true } });
  expect(early).toMatchObject({ code: 3, said: expect.stringContaining('signs from') });
  const { values } = await mine.context.routes.read('headgate-prod', [`keys/${mine.app}/prod`]);
  expect(values.size).toBe(0);
  const [newest = ''] = await master();
  const link = (seconds: number) =>
    mine.run(preview, [mine.app, 'prod', BUILD], {
      runtime,
      policy: SIGNED,
      through: (context) => ({ ...context, clock: { ...clock, now: () => inSeconds(seconds) } }),
    });
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);
  expect((await link(60)).said).toContain(`?override_build_number=1~p~${first}~${BUILD}~`);
  expect((await link(71)).said).toContain(`?override_build_number=1~p~${newest}~${BUILD}~`);

  // A run that died before it dropped the oldest one.
  await mine.context.keys('us-east-1').create(mine.app, 'prod', 'kzzzzzzzz');
  expect((await rotate(mine, { runtime })).said).toMatch(/^Finished a rotation/);
  expect(await master()).toEqual(['kzzzzzzzz', newest]);
});

it('without a key, a signed link says how to make one', async () => {
  const mine = await open();
  const options = { runtime: 'lambda-edge', policy: SIGNED } as const;
  const { code, said } = await mine.run(preview, [mine.app, 'prod', BUILD], options);
  expect(code).toBe(2);
  expect(said).toContain('has no signing keys in SSM');
  expect(said).toContain('headgate keys rotate');
});

it('lets a new key sign only when the whole edge had time to learn it', async () => {
  const mine = await open();
  await rotate(mine);
  const [first] = await kidsOf(mine);
  const key = `keys/${mine.app}/prod`;
  const seen: string[][] = [];
  let waited = 0;
  const sleep = async (milliseconds: number) => {
    // The shorter ones are between two tries of a write.
    if (milliseconds < 1000) return;
    waited += milliseconds;
    const { values } = await mine.context.routes.read('headgate-prod', [key]);
    seen.push(Object.keys(JSON.parse(values.get(key) ?? '{}') as object));
  };
  const through = (context: Context) => ({ ...context, clock: { ...clock, sleep } });
  await rotate(mine, { through });
  const [second] = await kidsOf(mine);
  // The first of a ring signs; both verify.
  expect(Math.round(waited / 1000)).toBe(60);
  expect(seen.at(-1)).toEqual([first, second]);
  expect(new Set(seen.map(([signing]) => signing))).toEqual(new Set([first]));
});

it('with --wait 0s a later run makes it sign, or replaces it when that is too late', async () => {
  const mine = await open();
  const key = `keys/${mine.app}/prod`;
  const ringNow = async () => {
    const { values } = await mine.context.routes.read('headgate-prod', [key]);
    return Object.keys(JSON.parse(values.get(key) ?? '{}') as object);
  };
  const stage = (seconds: number) =>
    rotate(mine, {
      values: { wait: '0s' },
      through: (context) => ({
        ...context,
        clock: { ...clock, now: () => new Date(Date.now() + seconds * 1000) },
      }),
    });
  await rotate(mine);
  const [first = ''] = await ringNow();
  expect((await stage(0)).said).toMatch(/signs nothing yet\.\n {2}next: run this again at 20/);
  const [signing, second = ''] = await ringNow();
  expect(signing).toBe(first);
  expect((await stage(30)).said).toContain('signs nothing yet');
  expect((await stage(61)).said).toMatch(/^Finished .* signs\./);
  expect(await kidsOf(mine)).toEqual([second, first]);

  await stage(100);
  const [, third = ''] = await ringNow();
  await stage(100 + 2 * 86_400);
  const [still, fourth] = await ringNow();
  expect(still).toBe(second);
  expect(fourth).not.toBe(third);
});

it.each(['soon', '-1s'])('refuses --wait %s', async (wait) => {
  const { code, said } = await rotate(await open(), { values: { wait } });
  expect(code).toBe(2);
  expect(said).toContain('Such as --wait 60s');
});

const moments = [1, 2, 3, 4].flatMap((nth) => [
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
    const isDone = moment.nth === 4 && moment.when === 'after';
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
        list: (...args) => store.list(...args),
        read: (...args) => store.read(...args),
        create: (...args) => pass(() => store.create(...args)),
        remove: (...args) =>
          args[2].length === 0 ? Promise.resolve() : pass(() => store.remove(...args)),
      };
    },
    routes: {
      remember: (...args) => context.routes.remember(...args),
      read: (...args) => context.routes.read(...args),
      write: (...args) => pass(() => context.routes.write(...args)),
    },
  });
}
