import { createHash } from 'node:crypto';
import { splitFloor } from '../../../edge/contract/floor.ts';
import type { FunctionLook, GroupLook } from '../../core/doctor/facts.ts';
import { requestFunctionName, responseFunctionName } from '../../core/plan/behaviours.ts';
import { storeOf, type EdgeGroup, type Policies } from '../../core/policy/policy.ts';
import type { Context } from '../../ports/context.ts';
import type { Notebook } from './notebook.ts';

export function readGroups(
  context: Context,
  { groups }: Policies,
  notebook: Notebook,
): Promise<readonly GroupLook[]> {
  return Promise.all(groups.map((group) => readOne(context, group, notebook)));
}

async function readOne(context: Context, group: EdgeGroup, notebook: Notebook): Promise<GroupLook> {
  const subject = `group ${group.name}`;
  const store = storeOf(group);
  const [record, storeArn, functions] = await Promise.all([
    notebook.read(subject, async () => (await context.codeRecords(group).read(group.name))?.record),
    store === undefined
      ? ([] as const)
      : notebook.read(subject, async () => (await context.routes.read(store, [])).arn),
    store === undefined ? [] : readFunctions(context, group, notebook),
  ]);
  return { group, record, storeArn, functions };
}

function readFunctions(
  context: Context,
  { name: group }: EdgeGroup,
  notebook: Notebook,
): Promise<readonly FunctionLook[]> {
  const wanted = [
    { kind: 'request', name: requestFunctionName(group) },
    { kind: 'response', name: responseFunctionName(group) },
  ] as const;
  return Promise.all(
    wanted.map(async ({ kind, name }) => {
      const live = await notebook.read(`group ${group}`, () => readLive(context, name));
      return { kind, name, live };
    }),
  );
}

async function readLive({ edgeCode, inspection }: Context, name: string) {
  const [live, stores] = await Promise.all([
    edgeCode.readLive(name),
    inspection.functionStores(name),
  ]);
  if (live === undefined || stores === undefined) return undefined;
  const { code } = splitFloor(live.code);
  return { hash: createHash('sha256').update(code).digest('hex').slice(0, 16), stores };
}
