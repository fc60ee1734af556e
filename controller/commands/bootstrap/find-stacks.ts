import { rememberedRegions } from '../../core/deployment/other-regions.ts';
import { planRemoval, type Removal } from '../../core/deployment/removal.ts';
import { isStandalone } from '../../core/eject/standalone.ts';
import { HOME_REGION } from '../../core/infrastructure/names.ts';
import { renderStacks } from '../../core/infrastructure/stacks.ts';
import type { Policies } from '../../core/policy/policy.ts';
import { setupOf } from '../../core/policy/setup.ts';
import type { Context } from '../../ports/context.ts';
import type { StackState } from '../../ports/stacks.ts';

/** What is there, and in which order it goes. */
export interface Found {
  readonly name: string;
  readonly states: readonly RegionalState[];
  readonly removal: Removal;
  /** Ids of the stack's distributions. */
  readonly distributions: readonly string[];
}

interface RegionalState {
  readonly region: string;
  readonly state: StackState | undefined;
}

/** Reads what there is of the policies' stacks, also in regions that they don't name any more. */
export async function findStacks(policies: Policies, context: Context): Promise<Found> {
  const { stack: name } = setupOf(policies);
  const home = await context.stacks(HOME_REGION).read(name);
  const needed = new Map(
    renderStacks({ policies, live: {} }).map(({ region, template }) => [region, template]),
  );
  // Home first.
  const regions = [...new Set([...needed.keys(), ...rememberedRegions(home?.outputs)])];
  const states = await Promise.all(
    regions.map(async (region) => ({
      region,
      state: region === HOME_REGION ? home : await context.stacks(region).read(name),
    })),
  );
  // Home last: the others only hang on it.
  const present = states.toReversed().flatMap(({ region, state }) => {
    if (state === undefined) return [];
    const isMade = state.status !== 'ROLLBACK_COMPLETE';
    return [{ name, region, isMade, template: state.template }];
  });
  const isPresent = (region: string) => present.some((one) => one.region === region);
  const absent = [...needed].flatMap(([region, template]) =>
    isPresent(region) ? [] : [{ region, template }],
  );
  const distributions = home === undefined ? [] : listDistributions(home);
  const serving = await listServing(distributions, context);
  const removal = planRemoval(policies, { stacks: present, absent, serving });
  return { name, states, removal, distributions };
}

/** Those that serve a site which was ejected. */
async function listServing(distributions: readonly string[], context: Context) {
  const found = await Promise.all(
    distributions.map(async (id) => {
      const live = await context.distributions.read(id);
      const isLeft = live?.behaviours.some(({ viewerRequestArn = '' }) =>
        isStandalone(viewerRequestArn),
      );
      return isLeft === true ? [id] : [];
    }),
  );
  return found.flat();
}

/** Also of environments that no policy has any more. Their outputs have their logical ids. */
function listDistributions({ template, outputs }: StackState): readonly string[] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::CloudFront::Distribution')
    .flatMap(([id]) => outputs[id] ?? []);
}
