import { splitFloor } from '../../../edge/contract/floor.ts';
import type { FloorTable } from '../../../edge/contract/route.ts';
import { UsageError } from '../../core/errors.ts';
import { requestFunctionName } from '../../core/plan/behaviours.ts';
import { lambdaName } from '../../core/plan/function-names.ts';
import type { EdgeGroup } from '../../core/policy/policy.ts';
import { publishedKey } from '../../core/state/code-record.ts';
import type { Context } from '../../ports/context.ts';

type Sources = Pick<Context, 'edgeCode' | 'lambdaCode' | 'archive'>;

/** Builds of one app that the published functions of these groups serve when they can't read a route. */
export async function readFloors(
  context: Sources,
  groups: readonly EdgeGroup[],
  app: string,
): Promise<readonly string[]> {
  const tables = await Promise.all(groups.map((group) => readTable(context, group)));
  const rows = tables.flatMap((table) => Object.values(table));
  return rows.flatMap(([name, , , build]) => (name === app && build !== '' ? [build] : []));
}

async function readTable(context: Sources, group: EdgeGroup): Promise<FloorTable> {
  if (group.runtime === 'cloudfront-functions') {
    const live = await context.edgeCode.readLive(requestFunctionName(group.name));
    return live === undefined ? {} : splitFloor(live.code).floor;
  }
  const version = await context.lambdaCode.readLast(lambdaName(group.name));
  if (version === undefined) return {};
  const code = await context.archive(group).read(publishedKey(version.codeSha256));
  if (code !== undefined) return splitFloor(code).floor;
  throw new UsageError(
    `What the function of edge group ${group.name} runs is not in the archive of bucket ${group.bucket}.`,
    'Reconcile first: it publishes the group anew.',
  );
}
