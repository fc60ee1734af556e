import { isDeepStrictEqual } from 'node:util';
import type { ResourceRecord } from '../records.ts';
import {
  atOf,
  describeFailure,
  Interrupted,
  ResourceFailed,
  setResource,
  settle,
  stepOf,
  typeOf,
  type Run,
} from './run.ts';

/** Takes back what the operation did to a resource. What it made is only marked: deleting comes last. */
export async function undoResource(run: Run, record: ResourceRecord): Promise<void> {
  if (run.signal.aborted) throw new Interrupted();
  const step = stepOf(run, record);
  if (step === undefined || record.doomed !== undefined) return;
  const { kind, former } = step;
  if (kind === 'import') return run.records.dropResource(record);
  if (former === undefined) return run.records.saveResource({ ...record, doomed: 'undone' });
  if (kind === 'replace') {
    if (record.physicalId !== former.physicalId) {
      const key = `${record.logicalId}-new`;
      run.records.saveResource({ ...record, key, doomed: 'undone', step: undefined });
    }
    setResource(run, { ...record, ...former, step: undefined, status: 'UPDATE_COMPLETE' });
    return;
  }
  const back = { ...record, ...former };
  // Nothing was asked of the service: only what becomes of it was another.
  if (isDeepStrictEqual(record.properties, former.properties)) {
    return run.records.saveResource({ ...back, step: undefined });
  }
  setResource(run, { ...back, status: 'UPDATE_IN_PROGRESS' });
  try {
    const at = atOf(run, record.logicalId);
    const change = { properties: former.properties, former: record.properties };
    await typeOf(run, record).update(former.physicalId ?? '', change, at);
    await settle(run, back);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const reason = describeFailure(error, run.operation.token);
    setResource(run, { ...back, status: 'UPDATE_FAILED' }, reason);
    throw new ResourceFailed(reason);
  }
  setResource(run, { ...back, step: undefined, status: 'UPDATE_COMPLETE' });
}
