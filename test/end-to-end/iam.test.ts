import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { GetRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { backtest } from '../../controller/commands/backtest.ts';
import { build } from '../../controller/commands/build.ts';
import { doctor } from '../../controller/commands/doctor.ts';
import { gc } from '../../controller/commands/gc.ts';
import { history } from '../../controller/commands/history.ts';
import { keys } from '../../controller/commands/keys.ts';
import { plan } from '../../controller/commands/plan.ts';
import { preview } from '../../controller/commands/preview.ts';
import { priority } from '../../controller/commands/priority.ts';
import { publish } from '../../controller/commands/publish.ts';
import { reconcile } from '../../controller/commands/reconcile.ts';
import { rollback } from '../../controller/commands/rollback.ts';
import { status } from '../../controller/commands/status.ts';
import { why } from '../../controller/commands/why.ts';
import type { PolicyDocument } from '../../controller/core/iam/document.ts';
import { full } from '../depth.ts';
import { PATIENCE } from '../patience.ts';
import { repositoryDispatch, schedule } from './actions/events.ts';
import { openRoleAccount, type RoleAccount, type Run } from './iam/account.ts';
import { EDITS, FIRST } from './iam/policies.ts';
import { findUnused } from './iam/unused.ts';
import { openWorkflows } from './iam/workflows.ts';

const RELEASES = 'repo:acme/releases';
const MAIN = `${RELEASES}:ref:refs/heads/main`;
/** Lambda@Edge's golden events have a route that nobody may read. */
const UNREADABLE = 'parameter/headgate/Golden/golden/route';
const PLACE = ['--bucket', 'acme-web-builds', '--app'];

const PARTS = 'files of 64 MiB and more: test/contract/large-uploads';
const ONE_KEY = 'one by one are read the keys of a store that has 50 and more';
const OTHER_NAMES = 'a role that is not found by its name is looked for in the stack';
const LOGS = 'the runtime writes the log, and asks with no request of ours';
/** The watch of new code asks when its first whole minute is over, which this story may not take. */
const SOMETIMES = /cloudwatch:GetMetricData$/;

/** What is granted and not needed in this story, and why it is granted all the same. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'publish-shop': {
    'CreateBuilds s3:ListMultipartUploadParts': PARTS,
    'MissingIs404 s3:ListBucketMultipartUploads': PARTS,
  },
  'publish-cart': {
    'CreateBuilds s3:ListMultipartUploadParts': PARTS,
    'MissingIs404 s3:ListBucketMultipartUploads': PARTS,
  },
  'pull-request-shop': {
    'WriteUntrustedAndReadWhatItNeeds s3:ListMultipartUploadParts': PARTS,
    'MissingIs404 s3:ListBucketMultipartUploads': PARTS,
  },
  plan: {
    'ReadRoutes cloudfront-keyvaluestore:GetKey': ONE_KEY,
  },
  release: { 'ReadRoutesAndWriteRoutes cloudfront-keyvaluestore:GetKey': ONE_KEY },
  'edge-deploy': {
    'ReadVersionsAndChangeVersions lambda:UpdateFunctionConfiguration':
      'another `role`, or a newer Node.js',
    'ReplicateAtAll iam:CreateServiceLinkedRole': 'CloudFront makes it, once in an account',
  },
  rollback: {},
  gc: {
    'DeleteAndRestore s3:AbortMultipartUpload': 'parts that are older than an hour',
    'ReadRoutes cloudfront-keyvaluestore:GetKey': ONE_KEY,
    'ReadRoutes cloudfront:DescribeKeyValueStore': 'records without the ARN of their store',
  },
  'fast-lane': {
    'ItsOwnLog logs:CreateLogStream': LOGS,
    'ItsOwnLog logs:PutLogEvents': LOGS,
    'ReadAlarmsAndListEdgeKeys ssm:DescribeParameters':
      'asked until a route that needs keys is out',
    'ReadRoutesAndWriteRoutes cloudfront-keyvaluestore:GetKey': ONE_KEY,
  },
  sticky: {
    'ItsOwnLog logs:CreateLogGroup': LOGS,
    'ItsOwnLog logs:CreateLogStream': LOGS,
    'ItsOwnLog logs:PutLogEvents': LOGS,
  },
  preview: {},
  keys: {},
  doctor: {
    'AskIam iam:GetRole':
      'where no role releases it asks about its own, which a session names without its path',
    'ReadNamesOfRoles cloudformation:DescribeStacks': OTHER_NAMES,
    'ReadNamesOfRoles cloudformation:GetTemplate': OTHER_NAMES,
    'ReadRoutes cloudfront-keyvaluestore:GetKey': ONE_KEY,
  },
  forward: {},
};

/**
 * Every verb as the role that `bootstrap --deploy` made for it, in a cloud that enforces it: what a role
 * lacks fails here, and so does what it has and nobody needed.
 */
describe.runIf(full)('a role per verb', () => {
  let account: RoleAccount;
  let folder: string;
  const role: Record<string, Run> = {};

  beforeAll(async () => {
    account = await openRoleAccount(FIRST);
    folder = account.setting.directory;
    const subjects: Readonly<Record<string, string | undefined>> = {
      'publish-shop': 'repo:acme/shop:ref:refs/heads/main',
      'publish-cart': 'repo:acme/cart:ref:refs/heads/main',
      'pull-request-shop': 'repo:acme/shop:pull_request',
      plan: `${RELEASES}:pull_request`,
      release: MAIN,
      'edge-deploy': MAIN,
      rollback: MAIN,
      gc: MAIN,
      preview: undefined,
      keys: undefined,
      doctor: undefined,
    };
    for (const [name, subject] of Object.entries(subjects))
      role[name] = await account.as(`headgate-${name}`, subject);
  });
  afterAll(() => account.setting.close());

  async function expectRun(
    name: string,
    [command, ...args]: readonly [Parameters<Run>[0], ...string[]],
    code = 0,
  ): Promise<string> {
    const ran = await role[name]!(command, args);
    expectNoneDenied();
    expect(ran.code, `${ran.stdout}\n${ran.stderr}`).toBe(code);
    return ran.stdout;
  }

  function expectNoneDenied(): void {
    const denied = account.calls
      .filter(({ decision, resource }) => decision !== 'allowed' && !resource.endsWith(UNREADABLE))
      .map(({ principal, action, resource }) => [principal, action, resource]);
    expect(denied).toEqual([]);
  }

  async function createBuild(name: string): Promise<string> {
    const directory = join(folder, `build-${name}`);
    await mkdir(join(directory, 'assets'), { recursive: true });
    await writeFile(join(directory, 'index.html'), `<script src="/assets/${name}.js"></script>`);
    await writeFile(join(directory, 'assets', `${name}.js`), name);
    await writeFile(join(directory, 'waiting.html'), 'one moment');
    return directory;
  }

  it('publishes builds and pages', async () => {
    const pages = join(folder, 'pages');
    await mkdir(pages);
    await writeFile(join(pages, 'waiting.html'), 'one moment');
    for (const app of ['shop', 'cart']) {
      for (const number of app === 'shop' ? ['1041', '1042', '1043', '1044'] : ['1041']) {
        const to = [...PLACE, app, '--build', number];
        await expectRun(`publish-${app}`, [publish, await createBuild(number), ...to]);
      }
      await expectRun(`publish-${app}`, [publish, '--pages', pages, ...PLACE, app]);
    }
  });

  it('makes keys, then edge code, then routes, then puts the code on behaviours', async () => {
    for (const at of [
      ['shop', 'prod'],
      ['shop', 'pulls'],
      ['cart', 'prod'],
    ])
      await expectRun('keys', [keys, 'rotate', ...at, '--wait', '0s']);
    await expectRun('plan', [plan]);
    await expectRun('edge-deploy', [reconcile, '--only', 'code']);
    await expectRun('release', [reconcile, '--only', 'routes']);
    await expectRun('edge-deploy', [reconcile, '--only', 'code']);
    for (const at of [
      ['shop', 'prod'],
      ['shop', 'pulls'],
      ['cart', 'prod'],
    ])
      expect(await navigate(at)).toContain('/assets/1041.js');
  });

  it('plans, and tells what is and why', async () => {
    await account.edit('shop', EDITS.roll);
    expect(await expectRun('plan', [plan])).toContain('1042');
    await expectRun('plan', [status]);
    await expectRun('plan', [history, 'shop', 'prod']);
    await expectRun('plan', [why, 'shop', 'prod', '--slot', '5']);
    await expectRun('plan', [backtest]);
  });

  it('releases, and goes back by asking the fast lane', async () => {
    await expectRun('release', [reconcile, '--only', 'routes']);
    await expectRun('plan', [backtest]);
    const via = ['--via', 'headgate-fast-lane', '--reason', 'wrong prices'];
    const said = await expectRun('rollback', [rollback, 'shop', 'prod', ...via], 5);
    expect(said).toContain('shop/prod  rolled back');
    expect(await expectRun('plan', [history, 'shop', 'prod'])).toContain(
      'tester, through the fast lane',
    );
    await expectRun('rollback', [rollback, 'shop', 'prod', '--to', '1044', ...via], 3);
  });

  it('goes back without the fast lane, also where other code is waiting', async () => {
    await expectRun('publish-cart', [
      publish,
      await createBuild('1042'),
      ...PLACE,
      'cart',
      '--build',
      '1042',
    ]);
    await account.edit('cart', EDITS.rollCart);
    await expectRun('release', [reconcile, '--only', 'routes']);
    await account.edit('edge', EDITS.version);
    const said = await expectRun('release', [rollback, 'cart', 'prod'], 5);
    expect(said).toContain('wrote route in SSM /headgate/cart/prod/route');
    const [before, after] = EDITS.version;
    await account.edit('edge', [after, before]);
  });

  it('goes on by the schedule of the fast lane', async () => {
    await account.edit('shop', EDITS.again);
    // So that the copy of the policy says so; and once more, while it rolls.
    await expectRun('release', [reconcile, '--only', 'routes']);
    await expectRun('release', [reconcile, '--only', 'routes']);
    const headgate = { bucket: 'acme-web-builds', region: 'us-east-1', apps: ['shop', 'cart'] };
    expect(await invoke({ headgate })).toMatchObject({
      answers: expect.arrayContaining([expect.objectContaining({ subject: 'shop/prod' })]),
    });
  });

  it('finds all that there is to read, and may send its test events', async () => {
    // Whether one is seen within a minute is for the machine to say; that all was allowed is what counts here.
    const { stdout, stderr } = await role['doctor']!(doctor, ['--test-event', '--json']);
    expectNoneDenied();
    const { findings } = JSON.parse(stdout) as { findings: readonly { readonly id: string }[] };
    expect(
      findings.filter(({ id }) => id === 'unreadable'),
      stderr,
    ).toEqual([]);
  });

  it('in workflows, too: a job and a role each for routes and code, and a rollback that may only ask', async () => {
    const { github, runners } = await openWorkflows(account);
    const before = account.calls.length;
    const { reconcile: routes, code } = await runners.run('reconcile.yml', schedule(github));
    const payload = { app: 'shop', environment: 'prod', reason: 'wrong prices' };
    const event = repositoryDispatch(github, 'headgate-rollback', payload);
    const { rollback: back } = await runners.run('rollback.yml', event);
    // Not closed: what is asked of GitHub a day with it holds against GitHub's description, for seconds.
    await github.down();
    expectNoneDenied();
    for (const job of [routes, code, back])
      expect(job?.result, JSON.stringify(job?.steps)).toBe('success');
    expect(back?.steps[0]?.stdout).toContain('shop/prod  rolled back');
    const whose = account.calls.slice(before).map(({ principal }) => principal.split('/')[1]);
    const roles = ['release', 'edge-deploy', 'rollback', 'fast-lane'];
    expect(new Set(whose)).toEqual(new Set(roles.map((one) => `headgate-${one}`)));
  });

  it('hears of an alarm in another region', async () => {
    const before = account.calls.length;
    const alarms = new CloudWatchClient({ ...configOf(account), region: 'eu-west-1' });
    const alarm = { AlarmName: 'cart-prod-errors', StateReason: 'a test' };
    for (const StateValue of ['ALARM', 'OK'] as const)
      await alarms.send(new SetAlarmStateCommand({ ...alarm, StateValue }));
    alarms.destroy();
    const carried = () =>
      account.calls.slice(before).find(({ action }) => action === 'events:PutEvents');
    await vi.waitFor(() => expect(carried()).toMatchObject({ decision: 'allowed' }), PATIENCE);
    expect(carried()?.principal).toContain('assumed-role/headgate-forward/');
  });

  it('publishes, shows and removes what nobody has reviewed', async () => {
    const to = [...PLACE, 'shop', '--build', 'pr-7-1-1', '--untrusted'];
    await expectRun('pull-request-shop', [publish, await createBuild('pr-7'), ...to]);
    const at = ['shop', 'pulls', 'pr-7-1-1', '--bucket', 'acme-web-builds'];
    const link = await expectRun('pull-request-shop', [preview, ...at]);
    expect(link).toContain('https://');
    await expectRun('pull-request-shop', [build, 'remove', 'pr-7', ...PLACE, 'shop']);
  });

  it('gives out links and tokens', async () => {
    await expectRun('preview', [preview, 'shop', 'prod', '1043']);
    const link = new URL(await expectRun('preview', [preview, 'cart', 'prod', '1041']));
    await navigate(['cart', 'prod'], link.pathname + link.search);
    await expectRun('preview', [priority, 'shop', 'prod', 'member-1']);
  });

  it('publishes other code, and watches it', async () => {
    await account.edit('shop', EDITS.code);
    await account.edit('edge', EDITS.version);
    await expectRun('edge-deploy', [reconcile, '--only', 'code']);
    await expectRun('edge-deploy', [reconcile, '--only', 'code']);
    await expectRun('plan', [plan]);
    // The first visitor may get the built-in page: nobody waits for long for the app's own.
    await vi.waitFor(async () => {
      const held = await navigate(['cart', 'prod'], '/checkout/pay', 'session=abc');
      expect(held).toContain('one moment');
    }, PATIENCE);
  });

  it('drops keys, and collects', async () => {
    for (let count = 0; count < 3; count++)
      await expectRun('keys', [keys, 'rotate', 'shop', 'pulls', '--force', '--wait', '1s']);
    const rules = ['--apply', '--keep', '1', '--younger', '1s', '--open', 'none'];
    expect(await expectRun('gc', [gc, ...rules])).toContain('etired');
  });

  it.each(Object.entries(EXPECTED))('%s has nothing that it never needs', async (name, known) => {
    const own = account.calls.filter(({ principal }) => principal.includes(`/headgate-${name}/`));
    expect(own.length).toBeGreaterThan(0);
    const unused = findUnused(await readPolicy(`headgate-${name}`), own);
    const never = unused.filter((one) => !SOMETIMES.test(one));
    expect(never.toSorted()).toEqual(Object.keys(known).toSorted());
  });

  async function readPolicy(RoleName: string): Promise<PolicyDocument> {
    const iam = new IAMClient(configOf(account));
    const asked = new GetRolePolicyCommand({ RoleName, PolicyName: 'headgate' });
    const { PolicyDocument: encoded = '' } = await iam.send(asked);
    iam.destroy();
    return JSON.parse(decodeURIComponent(encoded)) as PolicyDocument;
  }

  async function invoke(payload: unknown): Promise<unknown> {
    const lambda = new LambdaClient(configOf(account));
    const asked = { FunctionName: 'headgate-fast-lane', Payload: JSON.stringify(payload) };
    const { Payload = [] } = await lambda.send(new InvokeCommand(asked));
    lambda.destroy();
    return JSON.parse(Buffer.from(Payload).toString()) as unknown;
  }

  /** The front page of an environment, at the domain that CloudFront gave it. */
  async function navigate(
    [app = '', environment = '']: readonly string[],
    path = '/',
    cookie = '',
  ): Promise<string> {
    const said = JSON.parse(await expectRun('plan', [status, '--json'])) as unknown;
    const host = JSON.stringify(said).match(
      new RegExp(`${app}/?"?[^}]*${environment}[^]*?(d\\w+\\.cloudfront\\.localhost)`),
    )?.[1];
    const headers = { host, cookie, accept: 'text/html', 'sec-fetch-mode': 'navigate' };
    return new Promise((resolve, reject) => {
      request(new URL(path, account.setting.cloud.edgeUrl), { headers }, (response) => {
        text(response).then(resolve, reject);
      })
        .on('error', reject)
        .end();
    });
  }
});

function configOf({ setting }: RoleAccount) {
  return {
    endpoint: setting.cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
}
