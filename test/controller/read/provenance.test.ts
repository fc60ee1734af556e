import { beforeAll, expect, it } from 'vitest';
import { createAttestations } from '../../../controller/adapters/sigstore/attestations.ts';
import { applyPlan } from '../../../controller/apply/apply.ts';
import { listBlockers } from '../../../controller/core/plan/review-blockers.ts';
import { UsageError } from '../../../controller/core/errors.ts';
import { planEnvironment } from '../../../controller/core/plan/environment.ts';
import type { AppPolicy, EnvironmentPolicy } from '../../../controller/core/policy/policy.ts';
import type { AttestedBuild } from '../../../controller/ports/attested-builds.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { planByHand } from '../../../controller/read/by-hand.ts';
import { readEnvironment } from '../../../controller/read/environment.ts';
import { createSigstore, type Sigstore } from '../../fakes/sigstore.ts';
import { assign, environmentPolicy, World, type WriteHook } from '../../fakes/world.ts';
import { subjectOf } from '../../fakes/rolling.ts';

let sigstore: Sigstore;
beforeAll(async () => {
  sigstore = await createSigstore();
});

const ROOT = 'policies/trusted-root.jsonl';

/** A world whose bucket has what is attested, and whose policy may ask for it. */
class Attested extends World {
  stored = new Map<string, AttestedBuild['stored']>();
  reads: string[] = [];
  trusted: string | undefined = sigstore.root();
  verifies = true;
  /** The SHA-256 of another manifest, which came in between. */
  other: string | undefined;
  /** What the manifests say they are of, where that is another build. */
  of: AttestedBuild['of'] | undefined;
  broken: Error | undefined;

  sha256Of(build: string): string {
    return (this.published.get(build) ?? '').padEnd(64, '0');
  }

  async attest(build: string, signing?: Parameters<Sigstore['attest']>[1], sha256?: string) {
    const bundle = await sigstore.attest(sha256 ?? this.sha256Of(build), signing);
    this.stored.set(build, Buffer.from(JSON.stringify(bundle)));
  }

  ask(build: string, changes: Partial<EnvironmentPolicy> = {}): void {
    this.policy = environmentPolicy(build, { require: 'provenance', ...changes });
  }

  override get app(): AppPolicy {
    const provenance = {
      repository: 'acme/shop',
      workflow: 'acme/shop/.github/workflows/publish.yml',
      ref: 'refs/heads/main',
      issuer: 'https://token.actions.githubusercontent.com',
      trustedRoot: ROOT,
    };
    return { ...super.app, provenance };
  }

  override context(hook?: WriteHook): Context {
    const ports = super.context(hook);
    return {
      ...ports,
      files: {
        ...ports.files,
        readText: async (path) => (path === ROOT ? this.trusted : undefined),
      },
      attested: () => ({
        read: async (app, build) => {
          this.reads.push(build);
          if (this.broken !== undefined) throw this.broken;
          const sha256 = this.other ?? this.sha256Of(build);
          return { of: this.of ?? { app, build }, sha256, stored: this.stored.get(build) };
        },
        create: () => Promise.reject(new Error('nobody writes here')),
      }),
      ...(this.verifies && { attestations: createAttestations() }),
    };
  }
}

/** Build 1 serves everyone, and nobody asked where it came from. */
async function released(): Promise<Attested> {
  const world = new Attested();
  world.publish('1', '2', '3');
  await world.reconcile();
  return world;
}

/** Build 2 has provenance, and rolls out. */
async function rolling(): Promise<Attested> {
  const world = await released();
  await world.attest('2');
  world.ask('2');
  await world.reconcile();
  return world;
}

const NO_PROVENANCE = 'has no provenance that will do: ';

it('a build with provenance starts, and the history tells whose', async () => {
  const world = await released();
  await world.attest('2');
  world.ask('2');
  expect(await world.reconcile()).toMatchObject({ status: 'applied', exitCode: 0 });
  expect(world.route?.canary?.build[0]).toBe('2');
  const last = world.storedRecord?.last;
  expect(last?.evidence).toEqual([
    expect.stringMatching(
      /^provenance: attested by acme\/shop\/\.github\/workflows\/publish\.yml@refs\/heads\/main, commit /,
    ),
  ]);
});

it('a build without one does not, and the plan says why and what to do', async () => {
  const world = await released();
  world.ask('2');
  const outcome = await world.reconcile();
  expect(outcome).toMatchObject({ exitCode: 3 });
  const [refusal] = outcome.plan.refusals;
  expect(refusal?.message).toContain(
    `${NO_PROVENANCE}nothing is stored of it (headgate build attest 2)`,
  );
  expect(refusal?.next).toMatch(/`attest: true`/);
  expect(world.route?.canary).toBeUndefined();
  const facts = await readEnvironment(world.context(), subjectOf(world), { by: 'x', commit: 'y' });
  const [blocker] = listBlockers(facts, planEnvironment(facts)).filter(
    ({ kind }) => kind === 'provenance',
  );
  expect(blocker?.why).toContain(NO_PROVENANCE);
});

it.each<[string, (world: Attested) => Promise<void> | void, RegExp]>([
  [
    'another build',
    (world) => world.attest('2', {}, world.sha256Of('3')),
    /it is about .*, and the manifest's SHA-256 is/,
  ],
  [
    'a fork',
    (world) => world.attest('2', { claims: { repository: 'mallory/shop' } }),
    /run of .*mallory\/shop/,
  ],
  [
    'a branch',
    (world) => world.attest('2', { claims: { ref: 'refs/heads/mine' } }),
    /made for refs\/heads\/mine/,
  ],
  [
    'a manifest that was swapped after it was read',
    async (world) => {
      world.other = 'f'.repeat(64);
      await world.attest('2', {}, world.other);
    },
    /its manifest changed while it was read/,
  ],
  [
    'an old build under a new number',
    async (world) => {
      world.of = { app: 'shop', build: '1' };
      await world.attest('2');
    },
    /its manifest is that of build 1 of shop/,
  ],
  [
    'a build of another app',
    async (world) => {
      world.of = { app: 'blog', build: '2' };
      await world.attest('2');
    },
    /its manifest is that of build 2 of blog/,
  ],
  ['garbage', (world) => void world.stored.set('2', Buffer.from('hello')), /line 1 is no JSON/],
  [
    'gigabytes',
    (world) => void world.stored.set('2', { bytes: 2 ** 31 }),
    /it has 2147483648 bytes/,
  ],
  [
    'no trusted root',
    async (world) => {
      await world.attest('2');
      world.trusted = undefined;
    },
    /there is no policies\/trusted-root\.jsonl/,
  ],
  [
    'a root of others',
    async (world) => {
      await world.attest('2');
      world.trusted = (await createSigstore()).root();
    },
    /is of no authority in the trusted root/,
  ],
])('%s is refused', async (_name, prepare, why) => {
  const world = await released();
  await prepare(world);
  world.ask('2');
  const { exitCode, plan } = await world.reconcile();
  expect(exitCode).toBe(3);
  expect(plan.refusals[0]?.message).toMatch(why);
});

it('the first release and a fast track are asked, too', async () => {
  const world = new Attested();
  world.publish('1', '2');
  world.ask('1');
  expect(await world.reconcile()).toMatchObject({ exitCode: 3 });
  expect(world.record).toBeUndefined();
  await world.attest('1');
  expect(await world.reconcile()).toMatchObject({ exitCode: 0 });
  expect(world.storedRecord?.last.evidence[0]).toMatch(/^provenance: /);

  const other = await released();
  other.policy = environmentPolicy('2', {
    release: { ...environmentPolicy('2').release, steps: [], bakeSeconds: 0, keep: 0 },
  });
  await other.reconcile();
  other.pass(1);
  await other.reconcile();
  const back = environmentPolicy('1');
  other.ask('1', { release: { ...back.release, keep: 0, fastTrackSeconds: 3600 } });
  expect(await other.reconcile()).toMatchObject({ exitCode: 3 });
});

it('cohorts and split are asked like the release', async () => {
  const world = await released();
  await world.attest('2');
  world.ask('1', assign({ cohort: '2', arm: '3' }));
  const { plan, exitCode } = await world.reconcile();
  expect(exitCode).toBe(3);
  expect(plan.refusals.map(({ message, place }) => [message, place?.line])).toEqual([
    [expect.stringContaining(`split arm 3: build 3 ${NO_PROVENANCE}`), 14],
  ]);
  await world.attest('3');
  expect(await world.reconcile()).toMatchObject({ exitCode: 0 });
  expect(world.route?.cohorts?.length).toBe(1);
});

it('what is live is not asked again, nor what is kept to go back to', async () => {
  const world = await rolling();
  world.stored.clear();
  world.trusted = undefined;
  world.reads = [];
  for (let step = 0; step < 4; step++) {
    world.pass(121);
    expect(await world.reconcile()).toMatchObject({ exitCode: 0 });
  }
  expect(world.storedRecord).toMatchObject({ phase: 'idle', stable: { build: '2' } });
  world.ask('1');
  expect(await world.reconcile()).toMatchObject({ status: 'applied', exitCode: 0 });
  expect(world.route?.canary?.build[0]).toBe('1');
  expect(world.reads).toEqual([]);
});

it('the same number with another digest is another build', async () => {
  const world = await released();
  world.ask('1');
  world.published.set('1', 'another-digest-0');
  expect((await world.reconcile()).exitCode).toBe(3);
  expect(world.reads).toEqual(['1']);
});

it('a rollback is never asked, whatever it goes back to', async () => {
  const world = await rolling();
  world.stored.clear();
  world.trusted = undefined;
  world.reads = [];
  world.fireAlarm();
  expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
  expect(world.route?.stable[0]).toBe('1');

  const later = await released();
  const { release } = environmentPolicy('2');
  later.policy = environmentPolicy('2', {
    release: { ...release, steps: [], bakeSeconds: 0, keep: 0 },
  });
  await later.reconcile();
  later.pass(1);
  await later.reconcile();
  later.ask('2', { release: { ...release, steps: [], bakeSeconds: 0, keep: 0 } });
  await later.reconcile();
  const subject = subjectOf(later);
  const { own } = await planByHand(later.context(), {
    subject,
    policies: [subject],
    to: '1',
    reason: 'x',
  });
  await applyPlan(own, later.context());
  expect(later.route?.stable[0]).toBe('1');
  expect([...world.reads, ...later.reads]).toEqual([]);
});

it('what cannot be read keeps the next build out, and no rollback waiting', async () => {
  const world = await rolling();
  world.broken = new UsageError('The credentials in use may not read it.', 'Let them.');
  world.ask('3');
  const { plan, exitCode } = await world.reconcile();
  expect(exitCode).toBe(3);
  expect(plan.refusals[0]).toMatchObject({
    message: expect.stringContaining("it can't be read: The credentials in use may not read it."),
    next: 'Let them.',
  });
  world.fireAlarm();
  expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
  expect(world.route?.stable[0]).toBe('1');
});

it('who verifies nothing starts nothing, and calls nobody: reconcile will', async () => {
  const world = await released();
  await world.attest('2');
  world.ask('2');
  world.verifies = false;
  const { plan, exitCode } = await world.reconcile();
  expect(exitCode).toBe(0);
  expect(plan.why).toContain('nobody has verified the provenance of build 2 yet');
  expect(world.route?.canary).toBeUndefined();
  world.verifies = true;
  await world.reconcile();
  world.verifies = false;
  world.pass(61);
  await world.reconcile();
  expect(world.route?.canary?.weight).toBe(2500);
});

it('a whole origin has nothing to attest', async () => {
  const world = await released();
  world.origins = { green: { url: 'https://green.example.com' } };
  world.ask('green');
  const { plan } = await world.reconcile();
  expect(plan.refusals.map(({ message }) => message).join()).toContain(
    'a whole origin has no manifest',
  );
});
