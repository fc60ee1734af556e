import { CreateKeyValueStoreCommand } from '@aws-sdk/client-cloudfront';
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { readdirSync, readFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAlarm } from '../by-hand/alarm.ts';
import { startGitHub, type FakeGitHub } from '../../fakes/github/github.ts';
import { createSigstore } from '../../fakes/sigstore.ts';
import { ALARM, BUCKET, HOSTS, REGION, STORE } from '../policy.ts';
import { createEmptySetting, type Setting } from '../setting.ts';
import { BEHAVIOUR, createAccessControl, createBucket, createDistribution } from '../site.ts';
import { createRunners, type JobRun, type Runners, type WorkflowRun } from './runner.ts';

const ROOT = join(import.meta.dirname, '../../..');

export const PULLS_HOST = 'pulls.shop.localhost';
export const POLICY = 'policies/shop.yaml';
/** The number of the first published build: it is the number of the workflow's run. */
const FIRST = 1041;

/** A team's repository on GitHub, its account, and runners for its workflows. */
export interface Day {
  readonly setting: Setting;
  readonly github: FakeGitHub;
  readonly runners: Runners;
  /** The policy as it lies on a branch. */
  policy(branch?: string): string;
  setAlarm(state: 'ALARM' | 'OK'): Promise<void>;
  close(): Promise<void>;
}

/** Nothing is published yet. */
export async function startDay(): Promise<Day> {
  const setting = await createEmptySetting();
  const { clients, cloud } = setting;
  await createBucket(setting);
  await clients.cloudFront.send(new CreateKeyValueStoreCommand({ Name: STORE }));
  await createAlarm(clients.cloudWatch, ALARM);
  const { prod, pulls } = await createSites(setting);
  const sigstore = await createSigstore();
  const files = {
    ...readRepository(['.github/workflows', '.github/actions/setup']),
    ...readRepository(['.github/actions/publish', '.github/actions/preview']),
    'package.json': readName(),
    'policies/edge.yaml': composeEdge(),
    'policies/trusted-root.jsonl': `${sigstore.root()}\n`,
    [POLICY]: composeApp(prod, pulls),
    'app/index.html': page('first'),
  };
  const github = await startGitHub({ files });
  const runners = createRunners({
    github,
    sigstore,
    directory: setting.directory,
    cloud: cloud.environment,
    // What names lead to in the world.
    env: { HEADGATE_EDGE_ENDPOINT: cloud.edgeUrl },
    firstRun: FIRST,
    vars: {
      HEADGATE_REGION: REGION,
      HEADGATE_PLAN_ROLE: 'arn:aws:iam::123456789012:role/plan',
      HEADGATE_RECONCILE_ROLE: 'arn:aws:iam::123456789012:role/reconcile',
      HEADGATE_PUBLISH_ROLE: 'arn:aws:iam::123456789012:role/publish',
      HEADGATE_PULL_REQUEST_ROLE: 'arn:aws:iam::123456789012:role/pull-request',
      HEADGATE_PREVIEW_ENVIRONMENT: 'pulls',
      HEADGATE_APP: 'shop',
      HEADGATE_BUCKET: BUCKET,
      HEADGATE_BUILD_COMMAND: 'cp -r app dist',
      HEADGATE_ATTEST: 'true',
    },
  });
  return {
    setting,
    github,
    runners,
    policy: (branch = 'main') => String(github.git.find(branch)?.files[POLICY]),
    async setAlarm(StateValue) {
      const set = { AlarmName: ALARM, StateValue, StateReason: 'checkout fails' };
      await clients.cloudWatch.send(new SetAlarmStateCommand(set));
    },
    async close() {
      await setting.close();
      await github.close();
    },
  };
}

/** As much of ours as npx asks for to find the command; the dependencies lie where `dist` is linked to. */
export function readName(): string {
  const whole = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  return JSON.stringify({ name: whole['name'], version: whole['version'], bin: whole['bin'] });
}

/** A page that says whose it is. */
export const page = (whose: string): string => `<title>Shop</title><p>page of ${whose}</p>\n`;

async function createSites(setting: Setting): Promise<{ prod: string; pulls: string }> {
  const accessControl = await createAccessControl(setting);
  const pool = { PathPattern: '/assets/*', TargetOriginId: 'pool' };
  const prod = await createDistribution(setting, {
    accessControl,
    folders: { pool: '/shop/pool' },
    CacheBehaviors: { Quantity: 1, Items: [{ ...BEHAVIOUR, ...pool }] },
  });
  const failover = { StatusCodes: { Quantity: 2, Items: [403, 404] } };
  const members = { Quantity: 2, Items: [{ OriginId: 'pool' }, { OriginId: 'untrusted' }] };
  const pulls = await createDistribution(setting, {
    accessControl,
    CallerReference: PULLS_HOST,
    Aliases: { Quantity: 1, Items: [PULLS_HOST] },
    folders: { pool: '/shop/pool', untrusted: '/shop/untrusted/pool' },
    OriginGroups: {
      Quantity: 1,
      Items: [{ Id: 'pools', FailoverCriteria: failover, Members: members }],
    },
    CacheBehaviors: {
      Quantity: 1,
      Items: [{ ...BEHAVIOUR, PathPattern: '/assets/*', TargetOriginId: 'pools' }],
    },
  });
  return { prod, pulls };
}

const composeEdge = () => `apiVersion: headgate/v1
groups:
  prod:
    runtime: cloudfront-functions
    keyValueStore: ${STORE}
    bucket: ${BUCKET}
    region: ${REGION}
`;

const composeApp = (prod: string, pulls: string) => `# Who gets which build of the shop.
apiVersion: headgate/v1
app: shop
bucket: ${BUCKET}
region: ${REGION}
provenance: { repository: acme/releases, workflow: .github/workflows/publish.yml }
environments:
  prod:
    hosts: [${HOSTS.prod}]
    edge: { group: prod, distribution: ${prod} }
    require: provenance
    release:
      build: '${FIRST}'   # what visitors get
      steps: [{ weight: 50%, hold: 1s }]
      bake: 1s
    guard: { alarms: [{ name: ${ALARM}, region: ${REGION} }], noData: pass }
  pulls: # builds of pull requests
    hosts: [${PULLS_HOST}]
    edge: { group: prod, distribution: ${pulls} }
    release: { build: '${FIRST}', bake: 0s }
    preview: { access: signed, builds: all }
`;

export function readRepository(folders: readonly string[]): Record<string, string> {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`),
  );
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}

export interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `page of second`, or what else came. */
  readonly page: string;
}

/** What a browser gets at the edge. Not fetch(): it refuses to send another Host than the address's own. */
export function look({ setting }: Day, url: string, cookie = ''): Promise<Seen> {
  const { host, pathname, search } = new URL(url);
  const headers = { host, cookie, 'sec-fetch-mode': 'navigate', accept: 'text/html' };
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(pathname + search, setting.cloud.edgeUrl),
      { headers },
      (response) => {
        text(response).then((body) => {
          const shown = /page of \w+/.exec(body)?.[0] ?? body;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, page: shown });
        }, reject);
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

/** Which pages the first visitors get, each once: two while a canary is out. */
export async function visitors(day: Day): Promise<readonly string[]> {
  // Longer than a change of a distribution takes at the speed of the setting's cloud.
  await sleep(60);
  const slots = Array.from({ length: 8 }, (_, slot) => slot);
  const seen = await Promise.all(
    slots.map((slot) => look(day, `http://${HOSTS.prod}/`, `hg_slot=${slot}`)),
  );
  return [...new Set(seen.map((one) => one.page))].toSorted();
}

/** The deployments of an environment, oldest first: `1042: in_progress, success`. */
export function deploymentsOf({ github }: Day, environment: string): readonly string[] {
  return github.state.deployments
    .filter((one) => one.environment === environment)
    .map(({ payload, statuses }) => {
      const { build } = payload as { build: string };
      return `${build}: ${statuses.map(({ state }) => state).join(', ')}`;
    });
}

/** Our comments of a pull request that begin with the marker. */
export function commentsOf({ github }: Day, issue: number, marker: string) {
  return github.state.comments.filter(
    (one) => one.issue === issue && one.body.startsWith(`<!-- headgate:${marker}`),
  );
}

/** The job of a run that must have gone well, or its output as the error. */
export function expectSuccess(run: WorkflowRun, job: string): JobRun {
  const found = run[job];
  if (found?.result === 'success') return found;
  throw new Error(`job ${job}: ${found?.result}\n${JSON.stringify(found?.steps, undefined, 1)}`);
}
