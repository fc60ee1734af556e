import { collectApp } from '../../../../../controller/commands/gc/collect.ts';
import type { CollectionRequest } from '../../../../../controller/commands/gc/collect.ts';
import { keepForPreview } from '../../../../../controller/commands/preview/lease.ts';
import type { Build } from '../../../../../controller/core/state/build.ts';
import {
  RECORD_VERSION,
  type EnvironmentRecord,
} from '../../../../../controller/core/state/record.ts';
import { createCollections } from '../../../../fakes/bucket/collections.ts';
import type { MemoryBucket } from '../../../../fakes/bucket/memory-bucket.ts';
import { createRecords } from '../../../../fakes/bucket/records.ts';
import { createManifests } from '../../../../fakes/bucket/uploads.ts';
import type { Send } from '../../../../fakes/cloud/ports.ts';
import { publish } from './publisher.ts';
import { APP, ENVIRONMENTS, RULES, type World } from './world.ts';

/** What a mutant changes. */
export interface Planted {
  readonly request?: (request: CollectionRequest) => CollectionRequest;
  /** Publishes don't look whether a collection is running. */
  readonly publishesBlindly?: true;
  /** Publishes don't look again at what they created. */
  readonly trustsItself?: true;
}

const LINK_SECONDS = 7200;

/** One process with its own connection. */
export class Actors {
  readonly #world: World;
  readonly #bucket: MemoryBucket;
  readonly #send: Send;
  readonly #planted: Planted;

  constructor(world: World, send: Send, planted: Planted) {
    this.#world = world;
    this.#bucket = world.bucket;
    this.#send = send;
    this.#planted = planted;
  }

  async collect(token: string): Promise<void> {
    const open = new Set(this.#world.openPullRequests);
    const request: CollectionRequest = {
      app: APP,
      environments: ENVIRONMENTS,
      named: [],
      store: createCollections(this.#bucket, this.#send),
      builds: createManifests(this.#bucket, this.#send),
      records: createRecords(this.#bucket, this.#send),
      floors: async () => [],
      live: async () => [],
      rules: { ...RULES, pullRequests: { repository: undefined, open, closed: undefined } },
      claim: { token, by: token },
    };
    const clock = { now: () => this.#world.now, sleep: async () => {} };
    const context = { clock, terminal: { progress: () => {} } };
    await collectApp(this.#planted.request?.(request) ?? request, context);
  }

  async publish(build: string, files: number): Promise<void> {
    const { publishesBlindly: isBlind = false, trustsItself = false } = this.#planted;
    await publish({ build, files, isBlind, trustsItself }, this.#world, this.#send);
  }

  /** First a canary, then stable, with what was there before it kept: each a write of its own. */
  async release(environment: string, build: string): Promise<void> {
    const records = createRecords(this.#bucket, this.#send);
    const found = await records.read(APP, environment);
    if (!(await this.#isPublished(build))) return;
    const before = found?.record;
    const target = { build, digest: build };
    const next: EnvironmentRecord =
      before === undefined
        ? recordOf(environment, { stable: target })
        : { ...before, phase: 'rolling', rollout: rolloutOf(target) };
    const revision = await records.write(next, found?.revision);
    if (before === undefined) return;
    const kept = [before.stable, ...before.kept].filter((one) => one.build !== build).slice(0, 2);
    const { rollout: _, ...rest } = next;
    await records.write({ ...rest, phase: 'idle', stable: target, kept }, revision);
  }

  /** What is stable goes, for the first of what was kept. */
  async rollBack(environment: string): Promise<void> {
    const records = createRecords(this.#bucket, this.#send);
    const found = await records.read(APP, environment);
    const [target, ...kept] = found?.record.kept ?? [];
    if (found === undefined || target === undefined) return;
    const { stable } = found.record;
    const entry = { build: stable, rollback: 1, reason: 'test', at: this.#world.now.toISOString() };
    const hold = { build: stable, rollback: 1 };
    const barred = { stable: target, kept, quarantine: [entry], hold, phase: 'held' as const };
    await records.write({ ...found.record, ...barred }, found.revision);
  }

  async preview(build: string): Promise<void> {
    const store = createCollections(this.#bucket, this.#send);
    const expires = new Date(this.#bucket.now + LINK_SECONDS * 1000).toISOString();
    await keepForPreview(store, { app: APP, build, expires });
    if (await this.#isPublished(build)) this.#world.links.set(build, { expires });
  }

  async #isPublished(build: string): Promise<boolean> {
    const manifests = createManifests(this.#bucket, this.#send);
    return (await manifests.readManifest(APP, build)) !== undefined;
  }
}

function rolloutOf(canary: Build): NonNullable<EnvironmentRecord['rollout']> {
  const at = '2026-03-01T00:00:00Z';
  return { canary, salt: 1, step: 0, weightBasisPoints: 100, startedAt: at, stepStartedAt: at };
}

function recordOf(environment: string, { stable }: { stable: Build }): EnvironmentRecord {
  return {
    version: RECORD_VERSION,
    app: APP,
    environment,
    generation: 1,
    route: '',
    hosts: [],
    phase: 'idle',
    stable,
    kept: [],
    quarantine: [],
    last: {
      generation: 1,
      at: '2026-03-01T00:00:00Z',
      by: 'tester',
      event: 'first-release',
      why: '',
      from: '',
      to: stable.build,
      evidence: [],
    },
  };
}
