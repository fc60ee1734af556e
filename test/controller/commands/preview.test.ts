import { beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../../controller/commands/keys.ts';
import { preview } from '../../../controller/commands/preview.ts';
import { UsageError } from '../../../controller/core/errors.ts';
import { originBuild } from '../../../controller/core/state/build.ts';
import { mac } from '../../../controller/core/tokens/mac.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { readToken } from '../../../edge/core/token.ts';
import { createPullRequestRun } from '../../fakes/pull-request.ts';
import { BUILD, publish, SIGNED, useSigning, type RunOptions, type Signing } from './signing.ts';

const open = useSigning();
let mine: Signing;
beforeAll(async () => {
  mine = await open();
  await mine.run(keys, ['rotate', mine.app, 'prod']);
});

const run = (args: readonly string[], options: RunOptions) =>
  mine.run(preview, [mine.app, 'prod', ...args], options);

it('prints a link with a token for that build, as long as asked for', async () => {
  const { code, said } = await run([BUILD], { policy: SIGNED, values: { ttl: '2h', json: true } });
  expect(code).toBe(0);
  const { url, expires, ...rest } = JSON.parse(said) as Record<string, string>;
  expect(rest).toEqual({ host: 'shop.example.com', build: BUILD, access: 'signed' });
  const token = /^https:\/\/shop\.example\.com\/\?override_build_number=(.+)$/.exec(
    String(url),
  )?.[1];
  const end = Date.parse(String(expires)) / 1000;
  expect(Math.abs(end - Date.now() / 1000 - 7200)).toBeLessThan(60);
  const ring = await mine.ring();
  const read = (now: number) =>
    readToken(String(token), 'p', { now, keys: { scope: `${mine.app}~prod`, ring, mac } });
  expect(read(end - 1)?.[0]).toBe(BUILD);
  expect(read(end)).toBeUndefined();
});

it('lives as long as the policy says when nobody says less', async () => {
  const { said } = await run([BUILD], { policy: SIGNED, values: { json: true } });
  const { expires } = JSON.parse(said) as { expires: string };
  expect(Math.round((Date.parse(expires) - Date.now()) / 86_400_000)).toBe(7);
});

it('is the plain link when anyone may preview', async () => {
  const { said } = await run([BUILD], {});
  expect(said).toBe(`https://shop.example.com/?override_build_number=${BUILD}`);
});

it.each<[readonly string[], RunOptions, RegExp]>([
  [[], { policy: SIGNED }, /needs an app, an environment and a build/],
  [['9999'], { policy: SIGNED }, /9999 of shop-\d+ is not published[\s\S]*headgate build list/],
  [[BUILD], { policy: '\n    preview: { access: off }' }, /allows no previews/],
  [[BUILD], { policy: SIGNED, values: { ttl: '8d' } }, /--ttl 8d is longer than 7d/],
  [[BUILD], { policy: SIGNED, values: { ttl: 'soon' } }, /--ttl "soon" is not a duration/],
])('prints no link that would not work: %j %j', async (args, options, says) => {
  const { code, said } = await run(args, options);
  expect(code).toBe(2);
  expect(said).toMatch(says);
});

it('asks for keys when there are none', async () => {
  const other = await open();
  const { code, said } = await other.run(preview, [other.app, 'prod', BUILD], { policy: SIGNED });
  expect(code).toBe(2);
  expect(said).toMatch(/has no signing keys[\s\S]*headgate keys rotate shop-\d+ prod/);
});

it('shows a quarantined build in signed previews only', async () => {
  const build = { build: BUILD, digest: '' };
  const quarantine = [{ build, rollback: 2, reason: 'wrong prices', at: '2026-03-01T00:00:00Z' }];
  const through = withRecord({ quarantine, store: 'headgate-prod' });
  const refused = await run([BUILD], { through });
  expect(refused.code).toBe(3);
  expect(refused.said).toMatch(/quarantined in shop-\d+\/prod \(wrong prices\)/);
  expect((await run([BUILD], { policy: SIGNED, through })).code).toBe(0);
});

describe('in the repository of the app, which has no policies', () => {
  const PLACE = { bucket: 'acme-web-builds', region: 'us-east-1' };
  const record = (route: object) => ({
    app: mine.app,
    environment: 'prod',
    stable: { build: BUILD, digest: '' },
    kept: [],
    quarantine: [],
    store: 'headgate-prod',
    hosts: ['pulls.example.net'],
    route: JSON.stringify({
      v: 1,
      gen: 2,
      app: mine.app,
      env: 'prod',
      stable: [BUILD, ''],
      kept: [],
      barred: [],
      preview: 'open',
      ...route,
    }),
  });
  const runByRecord = (args: readonly string[], route: object, options: RunOptions = {}) =>
    run(args, {
      ...options,
      values: { ...PLACE, policies: 'nowhere', ...options.values },
      through: (context) => {
        const own = withRecord(record(route))(context);
        return options.through?.(own) ?? own;
      },
    });

  beforeAll(async () => {
    for (const build of ['pr-14-9-1', 'pr-14-10-1', 'pr-145-1-1']) {
      await publish(mine.app, build, mine.context);
    }
  });

  it('takes hosts from the record, and who may look from the live route', async () => {
    expect(await runByRecord([BUILD], {})).toEqual({
      code: 0,
      said: `https://pulls.example.net/?override_build_number=${BUILD}`,
    });
    const signed = await runByRecord([BUILD], { preview: 'signed' });
    expect(signed.said).toMatch(/pulls\.example\.net\/\?override_build_number=1~p~/);
    expect((await runByRecord([BUILD], { preview: 'off' })).said).toContain('allows no previews');
    expect((await runByRecord(['pr-14-9-1'], {})).code).toBe(3);
    const week = await runByRecord([BUILD], { preview: 'signed' }, { values: { ttl: '8d' } });
    expect(week.said).toContain('longer than 7d: without a policy it is the most');
  });

  it('names what is missing', async () => {
    const none = await run([BUILD], { values: { ...PLACE } });
    expect(none.said).toContain(`There is no record of ${mine.app}/prod in bucket acme-web-builds`);
    expect((await run([BUILD], { values: { region: 'us-east-1' } })).code).toBe(2);
  });

  it('keeps one comment with links to all builds of the pull request, newest first', async () => {
    const pull = createPullRequestRun(14);
    const options = { values: { github: true }, through: pull.through };
    const all = { untrusted: 1 };
    await runByRecord(['pr-14-9-1'], all, options);
    expect((await runByRecord(['pr-14-10-1'], all, options)).code).toBe(0);
    const [comment = '', ...rest] = pull.comments;
    expect(rest).toEqual([]);
    expect(comment.split('\n', 1)).toEqual([`<!-- headgate:preview ${mine.app} -->`]);
    expect(comment).toContain('[Open build pr-14-10-1](https://pulls.example.net/');
    expect(comment.match(/pr-14[\d-]+(?=\])/g)).toEqual(['pr-14-10-1', 'pr-14-9-1']);
    expect(comment).toContain('Anyone may open it.');
  });

  it('has no place for what somebody stored under a name that is no build number', async () => {
    const pull = createPullRequestRun(14);
    const stored = { build: 'pr-14-1](https://evil.example) @team', files: 1, bytes: 1 };
    const through = (context: Context): Context => ({
      ...pull.through(context),
      untrustedBuilds: () => ({
        list: async () => [{ ...stored, isPublished: true }],
        remove: async () => {},
      }),
    });
    await runByRecord(['pr-14-9-1'], { untrusted: 1 }, { values: { github: true }, through });
    expect(pull.comments).toHaveLength(1);
    expect(pull.comments[0]).not.toContain('evil.example');
  });

  it('signs each of them, until the same time', async () => {
    const pull = createPullRequestRun(14);
    const options = { values: { github: true }, through: pull.through };
    const route = { preview: 'signed', untrusted: 1 };
    const { said } = await runByRecord(['pr-14-9-1'], route, options);
    const [comment = ''] = pull.comments;
    expect(comment).toContain(`](${said})`);
    expect(comment.match(/override_build_number=1~p~[^)]+/g)).toHaveLength(2);
    expect(comment).toMatch(/until \d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC/);
  });

  it('prints the link as ever when GitHub does not answer, and says so once', async () => {
    const pull = createPullRequestRun(14);
    pull.isDown = true;
    const options = { values: { github: true }, through: pull.through };
    const { code, said } = await runByRecord([BUILD], {}, options);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/^https:/) });
    expect(pull.notes).toHaveLength(1);
    expect(pull.notes[0]).toMatch(/^::warning .*pull request 14: GitHub does not answer/);
  });

  it('refuses --github where there is no pull request, before anything else', async () => {
    const pull = createPullRequestRun(14, 'push');
    const options = { values: { github: true }, through: pull.through };
    const refused = await runByRecord([BUILD], {}, options);
    expect(refused).toEqual({ code: 2, said: expect.stringContaining('This run is of push') });
    const outside = await runByRecord([BUILD], {}, { values: { github: true } });
    expect(outside.said).toContain('--github needs a run of GitHub Actions');
  });
});

/** The environment as if this were its record. */
function withRecord(record: object) {
  return (context: Context): Context => ({
    ...context,
    records: (place) => ({
      ...context.records(place),
      read: async () => ({ record, revision: '1' }) as never,
    }),
  });
}

describe('a whole origin', () => {
  const policy = '\norigins: { green: { url: https://green.example.com } }';
  const { build, digest } = originBuild('green', 'https://green.example.com');
  const route = {
    v: 1,
    gen: 2,
    app: 'shop',
    env: 'prod',
    kept: [],
    barred: [],
    stable: [BUILD, ''],
    split: { salt: 1, arms: [{ build: [build, digest], weight: 100 }] },
  };
  const through = withRecord({ quarantine: [], route: JSON.stringify(route) });

  it('has a link as soon as the live route has it, though it is never published', async () => {
    expect(await run(['green'], { policy, through })).toEqual({
      code: 0,
      said: 'https://shop.example.com/?override_build_number=green',
    });
  });

  it('has none before, nor when the route has it with another meaning', async () => {
    const before = await run(['green'], { policy, through: withRecord({ quarantine: [] }) });
    expect(before.code).toBe(2);
    expect(before.said).toContain('Give it to a cohort first');
    const other = policy.replace('green.example', 'other.example');
    expect((await run(['green'], { policy: other, through })).code).toBe(2);
  });

  it('has none in an open preview while it is quarantined', async () => {
    const quarantine = [{ build: { build, digest }, rollback: 2, reason: 'slow', at: '' }];
    const barred = withRecord({ quarantine, route: JSON.stringify(route) });
    expect(await run(['green'], { policy, through: barred })).toMatchObject({
      code: 3,
      said: expect.stringContaining('Origin green is quarantined'),
    });
    const signed = SIGNED + policy;
    expect((await run(['green'], { policy: signed, through: barred })).code).toBe(0);
  });
});

describe('the lease that keeps a build for its links', () => {
  const place = { bucket: 'acme-web-builds', region: 'us-east-1' };
  const read = async (key: string) => {
    const object = await mine.context.collections(place).read(`${mine.app}/${key}`);
    return object && (JSON.parse(Buffer.from(object.bytes).toString()) as { expires: string });
  };
  const link = async (ttl: string) => {
    const { said } = await run([BUILD], { policy: SIGNED, values: { ttl, json: true } });
    return (JSON.parse(said) as { expires: string }).expires;
  };

  it('lasts as long as the one that ends last', async () => {
    const key = `leases/preview/${BUILD}.json`;
    await mine.context.collections(place).remove([`${mine.app}/${key}`], () => true);
    await link('1h');
    const expires = await link('3h');
    await link('2h');
    expect(await read(key)).toEqual({ build: BUILD, expires });
  });

  it('lies where the job of a pull request may write', async () => {
    await publish(mine.app, 'pr-15', mine.context);
    await run(['pr-15'], { policy: '\n    preview: { access: open, builds: all }' });
    const lease = await read('untrusted/leases/preview/pr-15.json');
    const days = (Date.parse(lease?.expires ?? '') - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(7);
  });

  it('is missed aloud by who may not write it, and the link works', async () => {
    const notes: string[] = [];
    const denied = async () => Promise.reject(new UsageError('s3:PutObject is missing.', ''));
    const through = (context: Context): Context => ({
      ...context,
      terminal: { ...context.terminal, note: (text) => void notes.push(text) },
      collections: (at) => ({
        ...context.collections(at),
        read: async () => undefined,
        write: denied,
      }),
    });
    const { code } = await run([BUILD], { policy: SIGNED, through });
    expect(code).toBe(0);
    expect(notes.join('\n')).toContain('may delete build 1041 before it ends: s3:PutObject is');
  });
});

describe('a build of a pull request', () => {
  const ALL = '\n    preview: { access: signed, builds: all }';

  it('is refused where only builds of protected refs are shown, with the way out', async () => {
    const { code, said } = await run(['pr-12'], { policy: SIGNED });
    expect(code).toBe(3);
    expect(said).toContain(`${mine.app}/prod shows builds of protected refs only`);
    expect(said).toContain('`preview: { builds: all }`');
  });

  it('has a link where all are', async () => {
    await publish(mine.app, 'pr-12', mine.context);
    const { code, said } = await run(['pr-12'], { policy: ALL });
    expect(said).toMatch(/override_build_number=1~p~.*~pr-12~/);
    expect(code).toBe(0);
  });

  it('must be published like any other', async () => {
    expect(await run(['pr-13'], { policy: ALL })).toMatchObject({
      code: 2,
      said: expect.stringContaining('pr-13 of'),
    });
  });
});
