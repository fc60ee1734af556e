import { ServiceError } from '../service.ts';
import { invalid } from './errors.ts';
import type { ChangeSetRecord, Records, StackRecord } from './records.ts';

/** By ARN any stack that ever was, by name the one that is. */
export function findStack(
  records: Records,
  region: string,
  nameOrId: string,
): StackRecord | undefined {
  const stacks = records.stacks.values().filter((stack) => stack.region === region);
  return nameOrId.startsWith('arn:')
    ? stacks.find(({ id }) => id === nameOrId)
    : stacks.find(({ name, status }) => name === nameOrId && status !== 'DELETE_COMPLETE');
}

export function requireStack(records: Records, region: string, nameOrId: string): StackRecord {
  const stack = findStack(records, region, nameOrId);
  if (stack === undefined) throw invalid(`Stack with id ${nameOrId} does not exist`);
  return stack;
}

/** A change set by its ARN, or by its name and its stack's. */
export function requireChangeSet(
  records: Records,
  region: string,
  wanted: { readonly ChangeSetName: string; readonly StackName?: string | undefined },
): { readonly changeSet: ChangeSetRecord; readonly stack: StackRecord } {
  const { ChangeSetName: nameOrId, StackName } = wanted;
  if (!nameOrId.startsWith('arn:') && StackName === undefined) {
    throw invalid('StackName must be specified if ChangeSetName is not specified as an ARN.');
  }
  const named = StackName === undefined ? undefined : requireStack(records, region, StackName);
  const changeSet = records.changeSets
    .values()
    .find((one) => one.id === nameOrId || (one.name === nameOrId && one.stack === named?.uuid));
  const stack = changeSet && records.stacks.get(changeSet.stack);
  if (changeSet !== undefined && stack?.region === region) return { changeSet, stack };
  throw new ServiceError(404, 'ChangeSetNotFound', `ChangeSet [${nameOrId}] does not exist`);
}
