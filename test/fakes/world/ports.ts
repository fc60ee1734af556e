import { ConflictError, UsageError } from '../../../controller/core/errors.ts';
import type { Distribution } from '../../../controller/core/plan/behaviours.ts';
import type { EnvironmentRecord } from '../../../controller/core/state/record.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { INDEX } from '../index-file.ts';
import { ALARM } from './policies.ts';
import type { WorldState } from './state.ts';

/** Thrown where a process would have been killed. */
export class Killed extends Error {}

/** Called around every write; throws Killed, or does something else's work in between. */
export type WriteHook = (moment: 'before' | 'after', write: string) => Promise<void> | void;

type Write = <T>(name: string, effect: () => T) => Promise<T>;

/** Every outside thing as a port; each write passes the hook before and after it takes effect. */
export function createPorts(world: WorldState, hook: WriteHook = () => {}): Context {
  const write = async <T>(name: string, effect: () => T): Promise<T> => {
    await hook('before', name);
    world.writes.push(name);
    const result = effect();
    await hook('after', name);
    return result;
  };
  const unused = (): never => {
    throw new Error('not part of this world');
  };
  return {
    terminal: {
      interactive: false,
      print: () => {},
      note: () => {},
      progress: () => {},
      summary: async () => {},
    },
    clock: { now: () => new Date(world.now), sleep: async () => {} },
    surroundings: {
      facts: async () => ({ by: 'tester', commit: 'abc' }),
      source: async () => ({}),
      committedAt: async () => undefined,
      github: async () => undefined,
    },
    github: NO_GITHUB,
    policyCopies: unused,
    signals: { listen: () => ({ signal: new AbortController().signal, release: () => {} }) },
    files: {
      readText: unused,
      readBytes: unused,
      readRange: unused,
      digest: unused,
      writeText: unused,
      list: unused,
      scan: unused,
    },
    probe: { get: async (url, { cookie }) => world.site?.(url, cookie) ?? world.probed },
    webhook: {
      post: (url, { headers, body }) =>
        write('webhook', () => {
          const isAccepted = 'status' in world.receiver && world.receiver.status < 300;
          if (isAccepted) world.told.push({ url, headers, body });
          return world.receiver;
        }),
    },
    secrets: () => ({ read: async (name) => world.secrets.get(name) }),
    bundler: { compose: unused, composeLambdaEdge: unused, composeSnippet: unused },
    edgeCode: { readLive: unused, stage: unused, test: unused, publish: unused },
    lambdaCode: {
      readLast: unused,
      digest: unused,
      stage: unused,
      invoke: unused,
      publish: unused,
    },
    stacks: unused,
    fastLaneCode: { digest: unused, readDigest: unused, upload: unused },
    teardown: { dissociate: unused, removeFunction: unused, removeLambda: unused },
    fastLane: { askForRollback: unused },
    archive: unused,
    collections: unused,
    unfinishedUploads: unused,
    codeRecords: unused,
    functionMetrics: { countErrors: unused, countLambdaErrors: unused },
    uploads: unused,
    attested: unused,
    publishNotes: unused,
    untrustedBuilds: unused,
    pages: () => ({ write: unused, size: async () => world.pageBytes }),
    keys: unused,
    distributions: {
      read: async (_id, options) =>
        options?.caching === true ? world.distribution : withoutCaching(world),
      associate: unused,
      leave: unused,
      forget: unused,
    },
    inspection: new Proxy({} as Context['inspection'], { get: unused }),
    measurements: new Proxy({} as Context['measurements'], { get: unused }),
    alarmHistory: { transitions: unused },
    alarms: {
      read: async () => [
        { ...ALARM, ...world.alarmFacts, state: world.alarm, reason: 'as set by the test' },
      ],
      entered: async (_alarms, since) => world.entries.filter((entry) => entry.at >= since),
    },
    visitorLog: {
      read: async () => {
        world.logReads++;
        return world.visitorLog();
      },
    },
    builds: () => builds(world),
    records: () => records(world, write),
    routes: routeStore(world, write),
    parameters: () => parameterStore(world, write),
  };
}

const noGitHub = (): never => {
  throw new Error('no GitHub here');
};

/** This world has none, and whatever asks it anyway is a failure. */
const NO_GITHUB: Context['github'] = {
  comments: { find: noGitHub, write: noGitHub },
  checks: { publish: noGitHub },
  deployments: { list: noGitHub, status: noGitHub, create: noGitHub, setState: noGitHub },
  pullRequests: {
    ofBranch: noGitHub,
    openBelow: noGitHub,
    stateOf: noGitHub,
    ofCommit: noGitHub,
    open: noGitHub,
    files: noGitHub,
    addLabel: noGitHub,
    close: noGitHub,
  },
  repository: {
    defaultBranch: noGitHub,
    head: noGitHub,
    readFile: noGitHub,
    listFiles: noGitHub,
    commitFile: noGitHub,
    dispatch: noGitHub,
    startsWorkflows: noGitHub,
  },
};

function withoutCaching(world: WorldState): Distribution | undefined {
  const behaviours = world.distribution?.behaviours.map((one) => {
    const { caching: _caching, ...rest } = one;
    return rest;
  });
  return world.distribution && behaviours && { ...world.distribution, behaviours };
}

function builds(world: WorldState): ReturnType<Context['builds']> {
  return {
    readManifest: async (app, build) => {
      if (world.newer.has(build)) {
        throw new UsageError(`Manifest ${build} is of version 9.`, 'Use that version.');
      }
      const digest = world.published.get(build);
      if (digest === undefined) return undefined;
      const settings = { spa: true, pool: { include: ['/assets/*'], exclude: [] } };
      return { manifest: { version: 1, app, build, settings, files: [INDEX] }, digest };
    },
    hasFile: async (_app, build) => world.published.has(build) && !world.damaged.has(build),
    list: async () => [...world.published.keys()],
    readSettings: async () => undefined,
    writeSettings: async () => {},
  };
}

function records(world: WorldState, write: Write): ReturnType<Context['records']> {
  return {
    read: async (_app, environment) => {
      const other = world.others.get(environment);
      if (other !== undefined) return { record: other, revision: '1' };
      if (environment !== world.policy.name || world.record === undefined) return undefined;
      const { text, revision } = world.record;
      return { record: JSON.parse(text) as EnvironmentRecord, revision: String(revision) };
    },
    write: (record, revision) =>
      write('record', () => {
        const current = world.record === undefined ? undefined : String(world.record.revision);
        if (current !== revision) throw new ConflictError('The record moved.');
        const next = (world.record?.revision ?? 0) + 1;
        world.record = { text: JSON.stringify(record), revision: next };
        return String(next);
      }),
    hasHistory: async (_app, _environment, generation) => world.history.has(generation),
    appendHistory: (_app, _environment, entry) =>
      write('history', () => {
        if (/^(paused|resumed)$/.test(entry.event)) world.pauses.push(entry);
        else if (!world.history.has(entry.generation)) world.history.set(entry.generation, entry);
      }),
    readHistory: async () => [...world.history.values()],
  };
}

function routeStore(world: WorldState, write: Write): Context['routes'] {
  return {
    remember: (_store, arn) => world.remembered.push(arn),
    read: async (store, keys) => ({
      arn: `arn:of:${store}`,
      revision: String(world.storeRevision),
      values: new Map([...world.routes].filter(([key]) => keys.includes(key))),
    }),
    write: (_store, revision, { put, remove }) =>
      write('routes', () => {
        if (revision !== String(world.storeRevision)) return 'conflict';
        for (const [key, value] of put) world.routes.set(key, value);
        for (const key of remove) world.routes.delete(key);
        world.storeRevision++;
        return 'written';
      }),
  };
}

function parameterStore(world: WorldState, write: Write): ReturnType<Context['parameters']> {
  return {
    read: async (names) => new Map([...world.ssm].filter(([name]) => names.includes(name))),
    write: (name, value) =>
      write(`ssm ${name.split('/').at(-1)}`, () => {
        const version = (world.ssm.get(name)?.version ?? 0) + 1;
        world.ssm.set(name, { value, version });
        return version;
      }),
  };
}
