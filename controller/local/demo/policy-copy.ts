import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Document, parseDocument, visit } from 'yaml';
import { UsageError } from '../../core/errors.ts';
import {
  storeOf,
  type AppPolicy,
  type EdgeGroup,
  type Policies,
} from '../../core/policy/policy.ts';
import { readPolicies } from '../../core/policy/read-policies.ts';
import type { AccountPlan } from './account.ts';

/** The story's own copy of the committed example policies, which it edits as a person would. */
export interface PolicyCopy {
  readonly directory: string;
  readonly account: AccountPlan;
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
  /** Fills in the distributions of the account, in the account's order. */
  nameDistributions(ids: readonly string[]): Promise<void>;
  /** The edit that a release is: another build number, in every environment. */
  nameBuild(build: string): Promise<void>;
}

/**
 * Copies `from` to `directory`, divides its durations by `speed`, and moves its hosts to
 * `.localhost`, where any browser finds this machine. Comments stay.
 */
export async function copyPolicies(
  from: string,
  directory: string,
  { speed, layout }: { readonly speed: number; readonly layout?: 'tree' | undefined },
): Promise<PolicyCopy> {
  await cp(from, directory, { recursive: true });
  const example = await parse(directory);
  const file = join(directory, basename(example.app.file));
  const document = parseDocument(await readFile(file, 'utf8'));
  const save = () => writeFile(file, document.toString());
  divideDurations(document, example.app, speed);
  localizeHosts(document);
  if (layout === 'tree') layTrees(document);
  await save();
  const { policies, app } = await parse(directory);
  const setEverywhere = async (path: readonly string[], value: (index: number) => string) => {
    for (const [index, { name }] of app.environments.entries()) {
      document.setIn(['environments', name, ...path], value(index));
    }
    await save();
  };
  return {
    directory,
    ...describePolicies(policies, app),
    nameDistributions: (ids) =>
      setEverywhere(['edge', 'distribution'], (index) => String(ids[index])),
    nameBuild: (build) => setEverywhere(['release', 'build'], () => build),
  };
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

function storesOf(groups: readonly EdgeGroup[]): readonly string[] {
  return groups.map(storeOf).filter((store) => store !== undefined);
}

function describePolicies({ groups }: Policies, app: AppPolicy) {
  const last = app.environments.at(-1);
  const store = storesOf(groups.filter(({ name }) => name === last?.edge.group))[0];
  const alarm = last?.guard.alarms[0]?.name;
  const host = last?.hosts[0];
  if (!last || !host || !store || !alarm) {
    throw new UsageError(
      'The example policy has no environment with a host, an edge group and an alarm.',
      'Restore policies/ from git: the story plays on the committed example.',
    );
  }
  const alarms = app.environments.flatMap(({ guard }) => guard.alarms.map(({ name }) => name));
  const account: AccountPlan = {
    app: app.app,
    bucket: app.bucket,
    buckets: [...new Set([app.bucket, ...groups.map(({ bucket }) => bucket)])],
    stores: storesOf(groups),
    alarms: [...new Set(alarms)],
    distributions: app.environments.map(({ name, hosts }) => ({
      environment: name,
      region: app.region,
      hosts,
      pool: app.pool,
    })),
  };
  const weights = last.release.steps.map(({ weightBasisPoints }) => weightBasisPoints);
  const isTree = app.layout === 'tree';
  return { account, environment: last.name, host, store, alarm, isTree, weights };
}

/** The policies of a directory, as Headgate reads them, and the one app among them. */
async function parse(directory: string): Promise<{ policies: Policies; app: AppPolicy }> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.yaml'));
  const files = names.map(async (name) => {
    const file = join(directory, name);
    return { file, text: await readFile(file, 'utf8') };
  });
  const { policies, issues } = readPolicies(await Promise.all(files));
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
