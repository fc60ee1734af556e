import { RefusedError } from '../../core/errors.ts';
import { listAlarmNames } from '../../core/deployment/own-alarms.ts';
import { rememberedRegions } from '../../core/deployment/other-regions.ts';
import type { LiveBehaviour } from '../../core/infrastructure/facts.ts';
import { distributionOutput, HOME_REGION } from '../../core/infrastructure/names.ts';
import { idOfEnvironment, placeOf } from '../../core/infrastructure/scope.ts';
import { renderStacks } from '../../core/infrastructure/stacks.ts';
import type { Behaviour } from '../../core/plan/behaviours.ts';
import type { AlarmName, Policies } from '../../core/policy/policy.ts';
import { setupOf } from '../../core/policy/setup.ts';
import { subjectsOf, type EnvironmentSubject } from '../../core/policy/subjects.ts';
import type { Context } from '../../ports/context.ts';
import type { StackState } from '../../ports/stacks.ts';

/** What is there already and decides what is rendered. */
export interface LiveAccount {
  /** By `shop/prod`; of the stack's own distributions. */
  readonly live: Readonly<Record<string, readonly LiveBehaviour[]>>;
  /** Where a stack is that no policy needs any more. */
  readonly leftRegions: readonly string[];
  /** Alarms that policies name and somebody else has made. */
  readonly foreignAlarms: readonly AlarmName[];
}

export type ReadLive = Pick<Context, 'stacks' | 'distributions' | 'alarms'>;

/** Reads what the stacks must leave as it is. Throws where a policy names a distribution that isn't the stack's. */
export async function readLive(policies: Policies, context: ReadLive): Promise<LiveAccount> {
  const { stack, existing } = setupOf(policies);
  const home = await context.stacks(HOME_REGION).read(stack);
  const subjects = subjectsOf(policies).filter(
    (subject) => !existing.distributions.includes(idOfEnvironment(subject)),
  );
  const [live, foreignAlarms, leftRegions] = await Promise.all([
    Promise.all(subjects.map((subject) => readBehaviours(subject, home, context))),
    findForeignAlarms(policies, context),
    findLeftRegions(policies, home, context),
  ]);
  return { live: Object.fromEntries(live.flat()), foreignAlarms, leftRegions };
}

async function findLeftRegions(
  policies: Policies,
  home: StackState | undefined,
  { stacks }: ReadLive,
): Promise<readonly string[]> {
  const { stack } = setupOf(policies);
  const needed = renderStacks({ policies, live: {} }).map(({ region }) => region);
  const others = rememberedRegions(home?.outputs).filter((region) => !needed.includes(region));
  const left = others.map(async (region) =>
    (await stacks(region).read(stack)) === undefined ? [] : [region],
  );
  return (await Promise.all(left)).flat();
}

async function readBehaviours(
  subject: EnvironmentSubject,
  home: StackState | undefined,
  context: ReadLive,
): Promise<readonly (readonly [string, readonly LiveBehaviour[]])[]> {
  const name = idOfEnvironment(subject);
  const named = subject.environment.edge.distribution;
  const own = home?.outputs[distributionOutput(placeOf(subject))];
  if (named !== '' && named !== own) await refuseForeign(name, named, context);
  if (own === undefined) return [];
  const found = await context.distributions.read(own);
  return found === undefined ? [] : [[name, found.behaviours.map(toLive)]];
}

/** A policy that still has the id of a copied example, or of a set-up that is gone, names nothing. */
async function refuseForeign(name: string, id: string, { distributions }: ReadLive): Promise<void> {
  if ((await distributions.read(id)) === undefined) return;
  throw new RefusedError(
    `The policy of ${name} names distribution ${id}, which is there and isn't of this stack: another one would take its place.`,
    `Put it under \`setup: { existing: { distributions: [${name}] } }\` in edge.yaml (\`headgate bootstrap --outputs-only\` tells what it must have), or take the id out of the policy.`,
  );
}

async function findForeignAlarms(
  policies: Policies,
  { stacks, alarms }: ReadLive,
): Promise<readonly AlarmName[]> {
  const named = policies.apps.flatMap(({ environments }) =>
    environments.flatMap(({ guard }) => guard.alarms),
  );
  const regions = [...new Set(named.map(({ region }) => region))];
  const { stack } = setupOf(policies);
  const own = await Promise.all(
    regions.map(async (region) => {
      const state = await stacks(region).read(stack);
      return [region, listAlarmNames(state?.template)] as const;
    }),
  );
  const ofRegion = new Map(own);
  const states = await alarms.read(named, { plain: true });
  return states
    .filter(({ state }) => state !== 'missing' && state !== 'unreadable')
    .filter(({ name, region }) => ofRegion.get(region)?.has(name) !== true)
    .map(({ name, region }) => ({ name, region }));
}

function toLive(behaviour: Behaviour): LiveBehaviour {
  const { pattern, viewerRequestArn, viewerResponseArn, lambdas } = behaviour;
  const functions = [
    { event: 'viewer-request' as const, arn: viewerRequestArn },
    { event: 'viewer-response' as const, arn: viewerResponseArn },
  ];
  return {
    pattern,
    functions: functions.flatMap(({ event, arn }) => (arn === undefined ? [] : [{ event, arn }])),
    lambdas,
  };
}
