import type { Operation, StackRecord } from '../records.ts';
import { presentOf } from '../records.ts';
import { dependenciesOf } from '../template/order.ts';
import { resolveOutputs } from '../template/outputs.ts';
import { createScope } from '../template/scope.ts';
import { readTemplate } from '../template/template.ts';
import { applyResource } from './apply-resource.ts';
import { workInOrder } from './in-order.ts';
import { removeDoomed } from './remove-doomed.ts';
import { setStack, stackOf, stateOf, stepOf, type Run } from './run.ts';
import { undoResource } from './undo-resource.ts';

/** Goes on with the operation of a stack, phase by phase, until it is over. */
export async function carryOut(run: Run): Promise<void> {
  let phase: Operation['phase'] | undefined = run.operation.phase;
  while (phase !== undefined) phase = await PHASES[phase](run);
}

type Phase = (run: Run) => Promise<Operation['phase'] | undefined>;

const PHASES: Readonly<Record<Operation['phase'], Phase>> = {
  forward: goForward,
  rollback: rollBack,
  cleanup: cleanUp,
  'rollback-cleanup': cleanUpAfterRollback,
};

async function goForward(run: Run) {
  const { operation } = run;
  const template = await readTemplate(operation.body);
  const failed = await workInOrder(
    dependenciesOf(template),
    (logicalId) => applyResource(run, template, logicalId),
    { stopsAtFailure: true },
  );
  if (failed.length > 0) return startRollback(run, failed);
  const { body, parameters, kind } = operation;
  const resourceOf = (id: string) => run.records.resource(run.uuid, id);
  const scope = createScope({ stack: stackOf(run), parameters, resourceOf });
  const result = { body, parameters, outputs: resolveOutputs(template, scope) };
  if (kind === 'create') return end(run, 'CREATE_COMPLETE', result);
  doomReplaced(run, Object.keys(template.Resources));
  return enter(run, 'cleanup', { ...result, status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' });
}

function startRollback(run: Run, failed: readonly string[]) {
  const { kind } = run.operation;
  const verbs = kind === 'create' ? 'create' : 'create or update';
  const reason = `The following resource(s) failed to ${verbs}: [${failed.join(', ')}]. `;
  if (kind === 'update')
    return enter(run, 'rollback', { status: 'UPDATE_ROLLBACK_IN_PROGRESS', reason });
  for (const record of run.records.resources(run.uuid)) {
    run.records.saveResource({ ...record, doomed: 'undone' });
  }
  return enter(run, 'rollback-cleanup', {
    status: 'ROLLBACK_IN_PROGRESS',
    reason: `${reason}Rollback requested by user.`,
    body: run.operation.body,
  });
}

/** What another resource took the place of, and what the template has no more. */
function doomReplaced(run: Run, wanted: readonly string[]): void {
  for (const record of presentOf(run.records, run.uuid)) {
    const step = stepOf(run, record);
    if (step?.kind === 'replace' && step.former !== undefined) {
      const key = `${record.logicalId}-old`;
      const old = { ...record, ...step.former, key, doomed: 'replaced', step: undefined } as const;
      run.records.saveResource(old);
    }
    if (!wanted.includes(record.logicalId)) {
      run.records.saveResource({ ...record, doomed: 'removed' });
    }
  }
}

async function rollBack(run: Run) {
  const touched = run.records.resources(run.uuid).filter((one) => stepOf(run, one) !== undefined);
  const byKey = new Map(touched.map((record) => [record.key, record]));
  const graph = new Map(
    touched.map((record) => {
      const { dependsOn } = record.step?.former ?? stateOf(record);
      return [record.key, dependsOn.filter((name) => byKey.has(name))];
    }),
  );
  const failed = await workInOrder(
    graph,
    async (key) => {
      const record = byKey.get(key);
      if (record !== undefined) await undoResource(run, record);
    },
    { stopsAtFailure: false },
  );
  if (failed.length > 0) {
    const reason = `The following resource(s) failed to update: [${failed.join(', ')}]. `;
    return end(run, 'UPDATE_ROLLBACK_FAILED', { reason });
  }
  const status = 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS';
  return enter(run, 'rollback-cleanup', { status });
}

/** After an update nothing can fail any more: what can't be deleted is left to itself. Or the stack goes. */
async function cleanUp(run: Run) {
  const failed = await removeDoomed(run);
  if (run.operation.kind === 'update') return end(run, 'UPDATE_COMPLETE');
  if (failed.length === 0) {
    return end(run, 'DELETE_COMPLETE', { deleted: run.clock.now().getTime() });
  }
  const reason = `The following resource(s) failed to delete: [${failed.join(', ')}]. `;
  return end(run, 'DELETE_FAILED', { reason });
}

async function cleanUpAfterRollback(run: Run) {
  const failed = await removeDoomed(run);
  if (run.operation.kind === 'update') return end(run, 'UPDATE_ROLLBACK_COMPLETE');
  if (failed.length === 0) return end(run, 'ROLLBACK_COMPLETE');
  const reason = `The following resource(s) failed to delete: [${failed.join(', ')}]. `;
  return end(run, 'ROLLBACK_FAILED', { reason });
}

function enter(
  run: Run,
  phase: Operation['phase'],
  { status, ...change }: Partial<StackRecord> & { readonly status: string },
): Operation['phase'] {
  setStack(run, status, { ...change, operation: { ...run.operation, phase } });
  return phase;
}

const SUCCESSES = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'DELETE_COMPLETE'];

function end(run: Run, status: string, change: Partial<StackRecord> = {}): undefined {
  const { changeSetId } = run.operation;
  const changeSet = run.records.changeSets.values().find(({ id }) => id === changeSetId);
  if (changeSet !== undefined) {
    const execution = SUCCESSES.includes(status) ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
    run.records.changeSets.set(changeSet.uuid, { ...changeSet, execution });
  }
  setStack(run, status, { ...change, operation: undefined });
}
