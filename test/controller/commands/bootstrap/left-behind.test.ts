import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../../controller/core/errors.ts';
import { full, tellSkipped } from '../../../depth.ts';
import { listAccount, listKinds } from './inventory.ts';
import { openAccount, SHOP, type Account } from './set-up.ts';

tellSkipped('bootstrap where a region or a table was left behind');

const EDGE = `apiVersion: headgate/v1
setup: { fastLane: off }
groups:
  prod:
    runtime: lambda-edge
    role: arn:aws:iam::000000000000:role/headgate-edge
    bucket: acme-edge
    region: us-east-1
    sessions: { table: sessions, regions: [us-east-1], cookie: session }
`;
const REMOVAL = 'aws cloudformation delete-stack --stack-name headgate --region eu-west-1';

describe.skipIf(!full)('bootstrap and what earlier ones have left', () => {
  let account: Account;
  beforeAll(async () => {
    account = await openAccount();
    await account.writePolicies({ edge: EDGE });
    const first = await account.bootstrap('--deploy');
    expect(first.code, first.stderr).toBe(EXIT.done);
    expect(first.stdout).not.toContain(REMOVAL);
    expect(first.stderr).not.toContain('Table sessions');
  });
  afterAll(() => account.setting.close());

  it('names the stack of a region that no policy names any more, each time', async () => {
    const shop = (await account.readPolicy())
      .replace('acme-web-builds', 'acme-shop')
      .replace('eu-west-1', 'us-east-1');
    await account.writePolicies({ shop });
    for (const when of ['at once', 'and later']) {
      const { code, stdout, stderr } = await account.bootstrap('--deploy');
      expect(code, when + stderr).toBe(EXIT.done);
      expect(stdout, when).toContain(REMOVAL);
    }
  });

  it('removes it with the others, and keeps its bucket', async () => {
    const told = await account.bootstrap('--destroy');
    expect(told.stdout).toContain('stack headgate in eu-west-1:');
    expect(told.stdout).toContain('bucket acme-web-builds (eu-west-1)');
    const { code, stderr } = await account.bootstrap('--destroy', '--confirm', 'headgate');
    expect(code, stderr).toBe(EXIT.done);
    const { stacks = [], buckets } = await listAccount(account.setting);
    expect(stacks).toEqual([]);
    expect(buckets).toEqual(['acme-edge', 'acme-shop', 'acme-web-builds']);
  });

  it('says that it takes a table over, and how not to', async () => {
    const explained = await account.bootstrap();
    expect(explained.stdout).toMatch(/table sessions: .*one that is there already is taken over/);
    await account.writePolicies({ shop: SHOP });
    const { code, stderr } = await account.bootstrap('--deploy');
    expect(code, stderr).toBe(EXIT.done);
    expect(stderr).toContain('Table sessions is there already');
    expect(stderr).toContain('setup: { existing: { tables: [sessions] } }');
    const edge = EDGE.replace('off }', 'off, existing: { tables: [sessions] } }');
    await account.writePolicies({ edge });
    expect((await account.bootstrap('--deploy')).code).toBe(EXIT.unsafe);
    const released = await account.bootstrap('--deploy', '--allow-replace');
    expect(released.code, released.stderr).toBe(EXIT.done);
    expect((await listKinds(account.setting)).join()).toContain('dynamodb/');
  });
});
