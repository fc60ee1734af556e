import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Document, parseDocument, visit } from 'yaml';
import { UsageError } from '../../core/errors.ts';
import { storeOf, type AppPolicy, type Policies } from '../../core/policy/policy.ts';
import { EDGE_FILE, readPolicies } from '../../core/policy/read-policies.ts';
import { METRIC } from './alarm.ts';

/** The story's own copy of the committed example policies, which it edits as a person would. */
export interface PolicyCopy {
  readonly directory: string;
  readonly app: string;
  readonly bucket: string;
  /** How many environments there are: each has a distribution. */
  readonly environments: number;
  /** The environment that the story rolls out to: the last one of the example. */
  readonly environment: string;
  readonly host: string;
  /** The KeyValueStore that holds the environment's route. */
  readonly store: string;
  readonly alarm: string;
  /** Builds are complete below their own prefixes. */
  readonly isTree: boolean;
  /** Weights of the rollout's steps, in basis points. */
  readonly weights: readonly number[];
  /** The id that the environment's policy has by now. */
  readDistribution(): Promise<string>;
  /** The edit that a release is: another build number, in every environment. */
  nameBuild(build: string): Promise<void>;
}

export interface CopyOptions {
  readonly speed: number;
  readonly layout?: 'tree' | undefined;
  /** For an account that isn't this machine's: hosts stay, and have no certificate. */
  readonly isAbroad?: boolean;
}

/**
 * Copies `from` to `directory`, divides its durations by `speed`, moves its hosts to `.localhost`, where any
 * browser finds this machine, and says how the account is to be set up. Comments stay.
 */
export async function copyPolicies(
  from: string,
  directory: string,
  { speed, layout, isAbroad = false }: CopyOptions,
): Promise<PolicyCopy> {
  await cp(from, directory, { recursive: true });
  const example = await parse(directory);
  const file = join(directory, basename(example.app.file));
  const edit = createEditor(file);
  await edit((document) => {
    divideDurations(document, example.app, speed);
    if (!isAbroad) localizeHosts(document);
    if (layout === 'tree') layTrees(document);
  });
  const { policies, app } = await parse(directory);
  const described = describePolicies(policies, app);
  await createEditor(join(directory, EDGE_FILE))((document) =>
    setUp(document, described.alarm, isAbroad),
  );
  return {
    directory,
    ...described,
    readDistribution: async () =>
      String((await parse(directory)).app.environments.at(-1)?.edge.distribution),
    nameBuild: (build) =>
      edit((document) => {
        for (const { name } of app.environments) {
          document.setIn(['environments', name, 'release', 'build'], build);
        }
      }),
  };
}

/** Reads the file anew for each edit: commands write it, too. */
function createEditor(file: string): (change: (document: Document) => void) => Promise<void> {
  return async (change) => {
    const document = parseDocument(await readFile(file, 'utf8'));
    change(document);
    await writeFile(file, document.toString());
  };
}

/** Any, in the shape that CloudFront takes: the local one asks for none, but names of one's own need one. */
const CERTIFICATE =
  'arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000';

/**
 * Five errors in one period are too many; a quiet shop is fine. The story has the fast lane off, which would be
 * there before the reader: its steps are made by `reconcile` alone.
 */
function setUp(document: Document, alarm: string, isAbroad: boolean): void {
  const { Namespace: namespace, MetricName: metric } = METRIC;
  // A metric of AWS has a figure a minute, unless it is paid for.
  const period = isAbroad ? '1m' : '10s';
  const watched = { namespace, metric, statistic: 'Sum', threshold: 5, period, periods: 1 };
  const setup = {
    ...(!isAbroad && { certificates: { '*': CERTIFICATE } }),
    fastLane: 'off',
    alarms: { [alarm]: watched },
  };
  for (const [key, value] of Object.entries(setup)) document.setIn(['setup', key], value);
}

/** `{ hold: 5m }` at 120 -> `{ hold: 2.5s }`; a bake that isn't written is written first. */
function divideDurations(document: Document, app: AppPolicy, speed: number): void {
  const render = (seconds: number) => `${Number((seconds / speed).toFixed(3))}s`;
  for (const { name, release } of app.environments) {
    const at = ['environments', name, 'release'];
    document.setIn([...at, 'bake'], render(release.bakeSeconds));
    for (const [index, { holdSeconds, approval }] of release.steps.entries()) {
      if (approval || !document.hasIn([...at, 'steps'])) continue;
      document.setIn([...at, 'steps', index, 'hold'], render(holdSeconds));
    }
  }
}

/** Scripts keep the headers that the pool gives them: their names carry a hash all the same. */
function layTrees(document: Document): void {
  document.set('layout', 'tree');
  document.setIn(['pool', 'include'], []);
  document.set('headers', [{ files: '/assets/*', cache: 'immutable' }]);
}

// Only values are hosts here: the example's comments may go on naming example.com.
function localizeHosts(document: Document): void {
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string') {
        scalar.value = scalar.value.replace(/\.example\.(com|org|net)$/, '.localhost');
      }
    },
  });
}

function describePolicies({ groups }: Policies, app: AppPolicy) {
  const last = app.environments.at(-1);
  const group = groups.find(({ name }) => name === last?.edge.group);
  const store = group && storeOf(group);
  const alarm = last?.guard.alarms[0]?.name;
  const host = last?.hosts[0];
  if (!last || !host || !store || !alarm) {
    throw new UsageError(
      'The example policy has no environment with a host, an edge group and an alarm.',
      'Restore policies/ from git: the story plays on the committed example.',
    );
  }
  return {
    app: app.app,
    bucket: app.bucket,
    environments: app.environments.length,
    environment: last.name,
    host,
    store,
    alarm,
    isTree: app.layout === 'tree',
    weights: last.release.steps.map(({ weightBasisPoints }) => weightBasisPoints),
  };
}

/** The policies of a directory, as Headgate reads them, and the one app among them. */
async function parse(directory: string): Promise<{ policies: Policies; app: AppPolicy }> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.yaml'));
  const files = names.map(async (name) => {
    const file = join(directory, name);
    return { file, text: await readFile(file, 'utf8') };
  });
  const read = await Promise.all(files);
  // The example's distributions are somebody else's, or not there yet.
  const { policies, issues } = readPolicies(read, { isDeployed: false });
  const [app] = policies.apps;
  if (app === undefined || issues.length > 0) {
    const first = issues[0]?.message ?? 'there is no app policy';
    throw new UsageError(
      `The example policy can't be used: ${first}.`,
      'Restore policies/ from git.',
    );
  }
  return { policies, app };
}
