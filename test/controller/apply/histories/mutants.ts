import { ConflictError } from '../../../../controller/core/errors.ts';
import type { EnvironmentFacts } from '../../../../controller/core/plan/facts.ts';
import { EVERYONE } from '../../../../controller/core/state/route.ts';
import type { EnvironmentRecord } from '../../../../controller/core/state/record.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { INDEX } from '../../../fakes/index-file.ts';
import { DOMAIN, HOST } from '../../../fakes/world/policies.ts';
import type { Planted } from './actors.ts';
import type { Invariant } from './violation.ts';

/** A bug, and the promises that it breaks: the first to be seen broken is one of them. */
export interface Mutant {
  readonly bug: string;
  readonly breaks: readonly Invariant[];
  readonly runtime?: 'lambda-edge';
  /** Of two that move together. */
  readonly isTrain?: true;
  /** It takes a rare history to show itself: looked for at full depth. */
  readonly isRare?: true;
  /** For one actor. */
  readonly plant: () => Planted;
}

type ChangeRecord = (record: EnvironmentRecord, facts: EnvironmentFacts) => EnvironmentRecord;

function changeRecord(facts: EnvironmentFacts, change: ChangeRecord): EnvironmentFacts {
  const { record } = facts.adoption;
  if (record === undefined) return facts;
  return { ...facts, adoption: { ...facts.adoption, record: change(record, facts) } };
}

function withFacts(change: (facts: EnvironmentFacts) => EnvironmentFacts): () => Planted {
  return () => ({ facts: change });
}

function withRecord(change: ChangeRecord): () => Planted {
  return withFacts((facts) => changeRecord(facts, change));
}

function withContext(change: (context: Context) => Context): () => Planted {
  return () => ({ context: change });
}

export const mutants: readonly Mutant[] = [
  {
    bug: 'takes any build for published',
    breaks: ['unpublished'],
    plant: withContext((context) => ({
      ...context,
      builds: (place) => ({
        ...context.builds(place),
        hasFile: async () => true,
        readManifest: async (app, build) => {
          const settings = { spa: true, pool: { include: ['/assets/*'], exclude: [] } };
          const digest = `digest-of-${build}`.padEnd(16, '0').slice(-16);
          return { manifest: { version: 1, app, build, settings, files: [INDEX] }, digest };
        },
      }),
    })),
  },
  {
    bug: 'forgets what is quarantined',
    breaks: ['quarantined'],
    plant: withRecord(({ hold: _hold, ...record }) => ({ ...record, quarantine: [] })),
  },
  {
    bug: 'believes lifts that were written before the rollback',
    isRare: true,
    breaks: ['quarantined'],
    plant: withRecord((record) => ({
      ...record,
      quarantine: record.quarantine.map(({ early: _early, ...entry }) => entry),
    })),
  },
  {
    bug: 'follows the policy to a smaller weight',
    isRare: true,
    breaks: ['weight'],
    plant: withRecord((record, { environment }) => {
      const { rollout } = record;
      const planned = environment.release.steps[rollout?.step ?? 0]?.weightBasisPoints;
      const isLess = rollout && planned !== undefined && planned < rollout.weightBasisPoints;
      return isLess
        ? { ...record, rollout: { ...rollout, weightBasisPoints: planned - 1 } }
        : record;
    }),
  },
  {
    bug: 'looks at what the alarms say now, not at what they said',
    isRare: true,
    breaks: ['after-fail'],
    plant: withContext((context) => ({
      ...context,
      alarms: { ...context.alarms, entered: async () => [] },
    })),
  },
  {
    bug: 'goes on at a failure once the policy names another build',
    breaks: ['after-fail'],
    plant: withFacts((facts) => {
      const canary = facts.adoption.record?.rollout?.canary.build;
      const isOther = canary !== undefined && canary !== facts.environment.release.build;
      const quiet = { ...facts.observations, entered: [], alarms: [] };
      return isOther ? { ...facts, observations: quiet } : facts;
    }),
  },
  {
    bug: 'counts generations by the record alone, and that is one behind',
    breaks: ['generation', 'idempotent'],
    plant: withFacts((facts) =>
      changeRecord({ ...facts, liveRoute: undefined, recordedGeneration: 0 }, (record) => ({
        ...record,
        generation: Math.max(0, record.generation - 1),
      })),
    ),
  },
  {
    bug: 'repairs an unknown rollback as if it were drift',
    breaks: ['undone', 'quarantined', 'generation', 'one-event'],
    plant: () => {
      let stored: EnvironmentRecord | undefined;
      return {
        context: (context) => ({
          ...context,
          records: (place) => ({
            ...context.records(place),
            read: async (app, environment) => {
              const found = await context.records(place).read(app, environment);
              stored = found?.record;
              return found;
            },
          }),
        }),
        facts: (facts) => {
          if (facts.adoption.reason !== 'rollback' || stored === undefined) return facts;
          const { intent: _intent, ...record } = stored;
          return { ...facts, adoption: { record, reason: undefined } };
        },
      };
    },
  },
  {
    bug: 'writes routes without a fence',
    isRare: true,
    breaks: ['undone', 'quarantined', 'generation'],
    plant: withContext((context) => ({
      ...context,
      routes: {
        ...context.routes,
        write: async (store, _revision, change) => {
          const { revision } = await context.routes.read(store, []);
          return context.routes.write(store, revision, change);
        },
      },
    })),
  },
  {
    bug: 'writes the record over whatever is there',
    isRare: true,
    breaks: ['one-event', 'converges', 'paused', 'idempotent', 'generation', 'quarantined'],
    plant: withContext((context) => ({
      ...context,
      records: (place) => ({
        ...context.records(place),
        write: async (record, revision) => {
          try {
            return await context.records(place).write(record, revision);
          } catch (error) {
            if (!(error instanceof ConflictError)) throw error;
            const found = await context.records(place).read(record.app, record.environment);
            return context.records(place).write(record, found?.revision);
          }
        },
      }),
    })),
  },
  {
    bug: 'calls a canary stable that few have seen',
    breaks: ['stable'],
    plant: withRecord((record, { environment, now }) => {
      const { rollout } = record;
      const held = rollout ? now.getTime() - Date.parse(rollout.stepStartedAt) : 0;
      const isDue = held >= environment.release.bakeSeconds * 1000;
      return rollout && isDue
        ? { ...record, phase: 'baking', rollout: { ...rollout, weightBasisPoints: EVERYONE } }
        : record;
    }),
  },
  {
    bug: 'writes the route to the first host alone',
    breaks: ['whole'],
    plant: withContext((context) => ({
      ...context,
      routes: {
        ...context.routes,
        write: (store, revision, { put, remove }) =>
          context.routes.write(store, revision, { put: new Map([...put].slice(0, 1)), remove }),
      },
    })),
  },
  {
    bug: 'goes on in spite of a pause',
    isRare: true,
    breaks: ['paused'],
    plant: withFacts((facts) => ({ ...facts, pause: undefined })),
  },
  {
    bug: 'goes on in a freeze',
    isRare: true,
    breaks: ['frozen'],
    plant: withFacts((facts) => ({
      ...facts,
      environment: { ...facts.environment, freeze: [] },
    })),
  },
  {
    bug: 'waits for no approval',
    breaks: ['approval'],
    plant: withFacts((facts) => {
      const { release } = facts.environment;
      const steps = release.steps.map(({ approval: _approval, ...step }) => step);
      return { ...facts, environment: { ...facts.environment, release: { ...release, steps } } };
    }),
  },
  {
    bug: 'tells the last event again in every run',
    breaks: ['idempotent'],
    plant: withFacts((facts) => ({ ...facts, hasHistory: false })),
  },
  {
    bug: 'leaves SSM as it was',
    breaks: ['converges'],
    plant: () => ({
      plan: (plan) => ({
        ...plan,
        changes: plan.changes.filter(({ kind }) => kind !== 'write-parameter'),
      }),
    }),
  },
  {
    bug: 'tells no event of a rollback',
    breaks: ['one-event', 'idempotent'],
    plant: () => ({
      plan: (plan) => ({
        ...plan,
        changes: plan.changes.filter(
          (change) => change.kind !== 'append-history' || change.entry.event !== 'rolled-back',
        ),
      }),
    }),
  },
  {
    bug: 'tells the event before it happens',
    isRare: true,
    breaks: ['one-event'],
    plant: () => ({
      plan: (plan) => ({
        ...plan,
        changes: plan.changes.toSorted(
          (one, other) =>
            Number(other.kind === 'append-history') - Number(one.kind === 'append-history'),
        ),
      }),
    }),
  },
  {
    bug: 'does not look again after a rollback',
    isRare: true,
    breaks: ['quarantined', 'undone', 'generation', 'converges', 'one-event'],
    runtime: 'lambda-edge',
    plant: withContext((context) => ({
      ...context,
      records: (place) => ({
        ...context.records(place),
        // Without the fence nothing tells two runs that they wrote at once.
        read: async (app, environment) => {
          const found = await context.records(place).read(app, environment);
          if (found === undefined) return found;
          const { intent: _intent, ...record } = found.record;
          return { ...found, record };
        },
      }),
    })),
  },
  {
    bug: 'writes the routes of a train one after the other',
    isTrain: true,
    breaks: ['together'],
    plant: withContext((context) => ({
      ...context,
      routes: {
        ...context.routes,
        write: async (store, revision, { put, remove }) => {
          const ofShop = [...put].filter(([host]) => isOfShop(host));
          const others = [...put].filter(([host]) => !isOfShop(host));
          if (ofShop.length > 0 && others.length > 0) {
            const first = { put: new Map(others), remove: [] };
            const outcome = await context.routes.write(store, revision, first);
            if (outcome === 'conflict') return outcome;
          }
          const { revision: now } = await context.routes.read(store, []);
          const rest = ofShop.length > 0 ? ofShop : others;
          return context.routes.write(store, now, { put: new Map(rest), remove });
        },
      },
    })),
  },
  {
    bug: 'rolls back one of a train and leaves the other',
    isTrain: true,
    breaks: ['together', 'after-fail'],
    plant: () => ({
      plan: (plan) => {
        const { subject, direction, train } = plan;
        const isLeft = subject.kind === 'environment' && subject.app === 'checkout';
        return direction === 'rollback' && train !== undefined && isLeft ? [] : plan;
      },
    }),
  },
  {
    bug: 'takes a step with one of a train',
    isTrain: true,
    breaks: ['together'],
    plant: () => ({ isApart: true }),
  },
  {
    bug: 'does not know in the fast lane what moves together',
    isTrain: true,
    isRare: true,
    breaks: ['together'],
    plant: withContext((context) => ({
      ...context,
      records: (place) => ({
        ...context.records(place),
        read: async (app, environment) => {
          const found = await context.records(place).read(app, environment);
          return found && { ...found, record: forgetMates(found.record) };
        },
      }),
    })),
  },
];

function isOfShop(host: string): boolean {
  return host === HOST || host === DOMAIN;
}

function forgetMates(record: EnvironmentRecord): EnvironmentRecord {
  const { remembered, intent } = record;
  const { together: _together, ...rest } = remembered ?? { group: '', alarms: [], needed: 1 };
  return {
    ...record,
    ...(remembered && { remembered: rest }),
    ...(intent && { intent: forgetMates(intent) }),
  };
}
