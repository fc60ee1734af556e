import type { ResourceRecord } from '../records.ts';
import { workInOrder } from './in-order.ts';
import {
  atOf,
  describeFailure,
  Interrupted,
  poll,
  ResourceFailed,
  setResource,
  typeOf,
  type Run,
} from './run.ts';

/**
 * Deletes what is marked, what depends on a resource before it. Returns the logical ids that could not be
 * deleted. A stack that goes remembers them all, one that stays forgets them.
 */
export async function removeDoomed(run: Run): Promise<readonly string[]> {
  const doomed = run.records
    .resources(run.uuid)
    .filter((record) => record.doomed !== undefined && record.isGone !== true);
  const dependents = ({ logicalId }: ResourceRecord) =>
    doomed.filter(({ dependsOn }) => dependsOn.includes(logicalId)).map(({ key }) => key);
  const graph = new Map(doomed.map((record) => [record.key, dependents(record)]));
  const byKey = new Map(doomed.map((record) => [record.key, record]));
  const failed = await workInOrder(
    graph,
    async (key) => {
      const record = byKey.get(key);
      if (record !== undefined) await removeOne(run, record);
    },
    { stopsAtFailure: false },
  );
  if (run.operation.kind === 'update') {
    for (const record of doomed) run.records.dropResource(record);
  }
  return failed.map((key) => byKey.get(key)?.logicalId ?? key);
}

async function removeOne(run: Run, record: ResourceRecord): Promise<void> {
  if (run.signal.aborted) throw new Interrupted();
  if (isKept(run, record)) {
    setResource(run, { ...record, isGone: true, status: 'DELETE_SKIPPED' });
    return;
  }
  setResource(run, { ...record, status: 'DELETE_IN_PROGRESS' });
  const { physicalId, properties } = record;
  const type = typeOf(run, record);
  const at = atOf(run, record.logicalId);
  try {
    if (physicalId !== undefined) {
      while (!(await type.remove(physicalId, properties, at))) await poll(run);
    }
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const reason = describeFailure(error, run.operation.token);
    setResource(run, { ...record, status: 'DELETE_FAILED' }, reason);
    throw new ResourceFailed(reason);
  }
  setResource(run, { ...record, isGone: true, status: 'DELETE_COMPLETE' });
}

function isKept({ operation }: Run, record: ResourceRecord): boolean {
  const { doomed, deletionPolicy, replacePolicy, step } = record;
  switch (doomed) {
    case 'replaced':
      return replacePolicy === 'Retain';
    case 'undone':
      // It was somebody else's before, or is kept even from a creation that is taken back.
      return step?.kind === 'import' || deletionPolicy === 'Retain';
    case 'removed':
      return deletionPolicy !== 'Delete';
    case 'stack':
    case undefined:
      return deletionPolicy !== 'Delete' || operation.retain.includes(record.logicalId);
  }
}
