import { isDeepStrictEqual } from 'node:util';
import {
  describeDeployed,
  renderDeployed,
  type Deployed,
  type DeployedStack,
} from '../../core/deployment/report.ts';
import { describeTakenTables } from '../../core/deployment/taken-tables.ts';
import { findStaging, withBuckets, type StagingPlace } from '../../core/deployment/staging.ts';
import { ConflictError, EXIT, RefusedError, type ExitCode } from '../../core/errors.ts';
import { foreignPatterns } from '../../core/infrastructure/foreign-patterns.ts';
import { fastLaneName, HOME_REGION } from '../../core/infrastructure/names.ts';
import { renderStacks } from '../../core/infrastructure/stacks.ts';
import type { Stack } from '../../core/infrastructure/template.ts';
import type { Policies } from '../../core/policy/policy.ts';
import { setupOf } from '../../core/policy/setup.ts';
import type { Context } from '../../ports/context.ts';
import { deployStack, type StackOrder } from './deploy-stack.ts';
import { nameDistributions } from './name-distributions.ts';
import { refuseForeignBuckets } from './foreign-buckets.ts';
import { readLive, type LiveAccount } from './read-live.ts';
import { refuseLostReaders } from './refuse-lost-readers.ts';
import { refuseOtherBucket } from './refuse-other-bucket.ts';
import { writeSettings } from './write-settings.ts';

export interface DeployOrder {
  /** Without issues: half of the policies would be half of an account. */
  readonly policies: Policies;
  readonly allowReplace: boolean;
  readonly json: boolean;
}

/**
 * Brings the account to what the policies need, stack by stack, and writes the distributions' ids into the
 * policies. Each step is left alone where it is done, so a run that ended anywhere is finished by the next one.
 */
export async function deployStacks(order: DeployOrder, context: Context): Promise<ExitCode> {
  const { policies, allowReplace, json } = order;
  const account = await readLive(policies, context);
  refuseForeignPatterns({ policies, ...account }, allowReplace);
  const stacks = renderStacks({ policies, ...account });
  if (!allowReplace) {
    await refuseOtherBucket(policies, context);
    await refuseUnreadable(stacks, context);
  }
  const deployed = await deployAll({ policies, account, stacks, allowReplace }, context);
  const fastLane = await uploadFastLane(policies, context);
  const settings = await writeSettings(policies, context);
  const outputs = deployed.find(({ region }) => region === HOME_REGION)?.outputs ?? {};
  const named = await nameDistributions(policies, outputs, context);
  const all: Deployed = {
    facts: { policies, ...account },
    stacks: deployed,
    templates: stacks.map(({ template }) => template),
    fastLane,
    settings,
    named,
  };
  context.terminal.print(
    json ? JSON.stringify(describeDeployed(all), undefined, 2) : renderDeployed(all),
  );
  return named.some(({ kind }) => kind === 'unclear') ? EXIT.usage : EXIT.done;
}

interface Work {
  readonly policies: Policies;
  readonly account: LiveAccount;
  readonly stacks: readonly Stack[];
  readonly allowReplace: boolean;
}

/** Home before the others: they are told its distributions. */
async function deployAll(work: Work, context: Context): Promise<readonly DeployedStack[]> {
  const { policies, stacks, allowReplace } = work;
  const order: Permission = {
    allowReplace,
    async confirm(stack, changes) {
      await refuseForeignBuckets(policies, { stack, changes }, context);
      for (const line of describeTakenTables(stack, changes)) context.terminal.note(line);
      await refuseMoved(work, context);
    },
  };
  const staging = findStaging(stacks, policies);
  await makeBuckets(stacks, { staging, order }, context);
  const deployed: DeployedStack[] = [];
  for (const stack of stacks) {
    const outputs = deployed[0]?.outputs ?? {};
    deployed.push(await deployStack({ ...order, stack, outputs, staging }, context));
  }
  return deployed;
}

type Permission = Pick<StackOrder, 'allowReplace' | 'confirm'>;

/**
 * Those of other regions before the distributions that read them: CloudFront may refuse an origin that isn't there, and
 * a name that a stranger has must not become one. At home CloudFormation sees to that, so only where one takes templates.
 */
async function makeBuckets(
  stacks: readonly Stack[],
  { staging, order }: { readonly staging: StagingPlace | undefined; readonly order: Permission },
  context: Context,
): Promise<void> {
  for (const stack of stacks) {
    const { name, region } = stack;
    const state = await context.stacks(region).read(name);
    const isMade = state !== undefined && !/^(ROLLBACK|CREATE_FAILED)/.test(state.status);
    if (region === HOME_REGION && (staging === undefined || isMade)) continue;
    const first = withBuckets(stack, isMade ? state.template : undefined);
    if (first === undefined) continue;
    const outputs = isMade ? state.parameters : {};
    await deployStack({ ...order, stack: first, outputs, staging: undefined }, context);
  }
}

/** CloudFormation writes whole distributions: what reconcile put on them meanwhile would be taken off. */
async function refuseMoved({ policies, account }: Work, context: Context): Promise<void> {
  if (Object.keys(account.live).length === 0) return;
  const { live } = await readLive(policies, context);
  if (!isDeepStrictEqual(live, account.live)) {
    throw new ConflictError('Functions were put on a distribution since it was read.');
  }
}

function refuseForeignPatterns(facts: Parameters<typeof foreignPatterns>[0], isAllowed: boolean) {
  const found = Object.entries(foreignPatterns(facts)).filter(([, list]) => list.length > 0);
  if (found.length === 0 || isAllowed) return;
  const list = found.map(([name, patterns]) => `${name}: ${patterns.join(', ')}`).join('; ');
  throw new RefusedError(
    `Distributions have behaviours that nobody but their maker knows, and an update would take them off (${list}).`,
    'Describe them in edge.yaml (`setup: { apis: ... }`); or, if they may go, add --allow-replace.',
  );
}

/** Before any stack is touched: the bucket's may be the last. */
async function refuseUnreadable(stacks: readonly Stack[], context: Context): Promise<void> {
  const next =
    'Put its environment back into the policies, also one that was ejected (it stays paused); or, if nobody needs it, add --allow-replace.';
  for (const { name, region, template: after } of stacks) {
    const before = (await context.stacks(region).read(name))?.template;
    await refuseLostReaders({ before, after, next }, context);
  }
}

async function uploadFastLane(
  policies: Policies,
  { fastLaneCode, terminal }: Context,
): Promise<'off' | 'same' | 'uploaded'> {
  const name = fastLaneName(setupOf(policies));
  if (name === undefined) return 'off';
  const [wanted, present] = await Promise.all([
    fastLaneCode.digest(),
    fastLaneCode.readDigest(name),
  ]);
  if (wanted === present) return 'same';
  terminal.progress(`Function ${name}: uploading its code.`);
  await fastLaneCode.upload(name);
  return 'uploaded';
}
