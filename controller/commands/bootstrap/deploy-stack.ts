import { findLosses, renderChange, type StackChange } from '../../core/deployment/change.ts';
import type { DeployedStack } from '../../core/deployment/report.ts';
import { DISTRIBUTION, isSameStack } from '../../core/deployment/same-stack.ts';
import { withFunctions } from '../../core/deployment/way-back.ts';
import { ConflictError, RefusedError } from '../../core/errors.ts';
import type { Stack } from '../../core/infrastructure/template.ts';
import type { Context } from '../../ports/context.ts';
import type {
  ChangeSet,
  DeployRequest,
  StackEvent,
  StackState,
  Stacks,
} from '../../ports/stacks.ts';

export interface StackOrder {
  readonly stack: Stack;
  /** Of the home stack, which fill the parameters of the same names. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly staging: DeployRequest['staging'] | undefined;
  readonly allowReplace: boolean;
  /** Asked right before anything is changed; throws when it may not be. */
  readonly confirm: (stack: Stack, changes: readonly StackChange[]) => Promise<void>;
}

type Here = Pick<Context, 'stacks' | 'terminal'>;

/** Brings one stack to what was rendered; nothing is changed where it is like that already. */
export async function deployStack(order: StackOrder, context: Here): Promise<DeployedStack> {
  const { stack, staging } = order;
  const { name, region, template } = stack;
  const stacks = context.stacks(region);
  const state = await readUsable(stack, context);
  const parameters = fillParameters(stack, order.outputs);
  if (state && isSameStack(state.template, template) && isSame(state.parameters, parameters)) {
    return { name, region, changes: [], outputs: state.outputs };
  }
  context.terminal.progress(`Stack ${name} in ${region}: what would change?`);
  const request = { name, template, parameters, ...(staging && { staging }) };
  const changeSet = await stacks.prepare(request);
  if (!changeSet.isNeeded) {
    await stacks.discard(name, changeSet);
    return { name, region, changes: [], outputs: state?.outputs ?? {} };
  }
  const { changes } = changeSet;
  context.terminal.note(renderChanges(stack, changes, state === undefined));
  try {
    refuseLosses(order, changes);
    await order.confirm(stack, changes);
  } catch (error) {
    await stacks.discard(name, changeSet);
    throw error;
  }
  await execute({ stack, state, request, changeSet }, context);
  const after = await stacks.read(name);
  return { name, region, changes, outputs: after?.outputs ?? {} };
}

interface Execution {
  readonly stack: Stack;
  readonly state: StackState | undefined;
  readonly request: DeployRequest;
  readonly changeSet: ChangeSet;
}

/**
 * An update that fails is undone to the template before it. Where that lacks what reconcile has put on a distribution since,
 * undoing would take it off, and nobody were served: so the stack is told of it first, in an update of its own.
 */
async function execute(
  { stack, state, request, changeSet }: Execution,
  context: Here,
): Promise<void> {
  const { name, region, template } = stack;
  const stacks = context.stacks(region);
  const tell = createTeller(stack, context);
  const touches = changeSet.changes.some(({ type }) => type === DISTRIBUTION);
  const bridge = state && touches ? withFunctions(state.template, template) : undefined;
  if (state === undefined || bridge === undefined) {
    await stacks.execute(name, changeSet, tell);
    return;
  }
  await stacks.discard(name, changeSet);
  context.terminal.progress(`Stack ${name} in ${region}: telling it which functions run.`);
  const told = { ...request, template: bridge, parameters: state.parameters };
  for (const one of [told, request]) {
    const next = await stacks.prepare(one);
    if (next.isNeeded) await stacks.execute(name, next, tell);
    else await stacks.discard(name, next);
  }
}

/** Of a stack whose first creation failed nothing can be updated: it goes, and with it nothing that anybody uses. */
async function readUsable({ name, region }: Stack, context: Here): Promise<StackState | undefined> {
  const stacks = context.stacks(region);
  const state = await stacks.read(name);
  if (state === undefined) return undefined;
  // It may have this very template, and no outputs yet.
  refuseBusy({ name, region }, state);
  switch (state.status) {
    case 'ROLLBACK_COMPLETE':
    case 'ROLLBACK_FAILED':
    case 'CREATE_FAILED':
      context.terminal.note(
        `Stack ${name} in ${region} was rolled back when it was first made (${state.status}): it is deleted and made anew.`,
      );
      await removeUnmade(stacks, { name, region }, context);
      return undefined;
    case 'DELETE_FAILED':
      throw new RefusedError(
        `Stack ${name} in ${region} was to be deleted, and that didn't end (${state.status}).`,
        'headgate bootstrap --destroy goes on with it; deploy after that.',
      );
    case 'UPDATE_ROLLBACK_FAILED':
      throw new RefusedError(
        `Stack ${name} in ${region} is stuck half-way (${state.status}).`,
        `Look at its events, mend what they name, and run \`aws cloudformation continue-update-rollback --stack-name ${name} --region ${region}\`.`,
      );
    default:
      return state;
  }
}

/** While another run is at work on it. */
export function refuseBusy(
  { name, region }: Pick<Stack, 'name' | 'region'>,
  { status }: Pick<StackState, 'status'>,
): void {
  if (!status.endsWith('_IN_PROGRESS')) return;
  throw new ConflictError(
    `Another run is at work on the stack ${name} in ${region} (${status}).`,
    'Run the command again when that is over: it goes on from there.',
  );
}

async function removeUnmade(
  stacks: Stacks,
  stack: Pick<Stack, 'name' | 'region'>,
  context: Here,
): Promise<void> {
  const undeleted = await stacks.delete(stack.name, createTeller(stack, context));
  if (undeleted.length === 0) return;
  throw new RefusedError(
    `Stack ${stack.name} in ${stack.region} can't be deleted: ${undeleted.join(', ')} stayed.`,
    'Look at its events, remove what they name, and run the command again.',
  );
}

function fillParameters(
  { name, region, template }: Stack,
  outputs: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const wanted = Object.entries(template.Parameters ?? {});
  return Object.fromEntries(
    wanted.map(([key, { Default }]) => {
      const value = outputs[key] ?? Default;
      if (value === undefined) {
        throw new Error(
          `stack ${name} in ${region} wants ${key}, which the home stack doesn't put out`,
        );
      }
      return [key, value] as const;
    }),
  );
}

function isSame(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): boolean {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => one[key] === other[key]);
}

function renderChanges(
  { name, region }: Stack,
  changes: readonly StackChange[],
  isNew: boolean,
): string {
  const title = `Stack ${name} in ${region}${isNew ? ', which is new' : ''}:`;
  const lines = changes.map((change) => `  ${renderChange(change)}`);
  return [title, ...(lines.length === 0 ? ['  outputs only'] : lines)].join('\n');
}

function refuseLosses({ stack, allowReplace }: StackOrder, changes: readonly StackChange[]): void {
  const losses = allowReplace ? [] : findLosses(changes);
  if (losses.length === 0) return;
  const list = losses.map(renderChange).join('; ');
  throw new RefusedError(
    `Stack ${stack.name} in ${stack.region} would lose what nothing stands in for: ${list}.`,
    'Undo that in the policies; or, if it is meant, add --allow-replace. Nothing was changed.',
  );
}

/** `headgate us-east-1: CREATE_COMPLETE DistributionShopProd` */
export function createTeller(
  { name, region }: Pick<Stack, 'name' | 'region'>,
  { terminal }: Pick<Context, 'terminal'>,
): (event: StackEvent) => void {
  return ({ status, logicalId, reason }) => {
    const line = `${name} ${region}: ${status} ${logicalId}`;
    if (status.endsWith('_FAILED')) terminal.note(`${line}: ${reason ?? 'no reason given'}`);
    else terminal.progress(line);
  };
}
