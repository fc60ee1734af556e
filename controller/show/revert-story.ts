/** What a revert pull request tells beside its edit: history, and what visitors see. */
import type { Held, RevertEdit } from '../core/github/revert.ts';
import type { RevertStory } from '../core/report/revert-body.ts';
import type { EnvironmentRecord, HistoryEntry } from '../core/state/record.ts';
import { nameMember } from '../core/state/train.ts';
import type { Context } from '../ports/context.ts';
import { awaitSeen } from '../read/seen.ts';
import type { ShownEnvironment, ShownRun } from './shown.ts';

/** Far enough back for the rollout that was rolled back. */
const HISTORY_LIMIT = 60;
/** As long as propagation mostly takes; GitHub is told after everything else, so nothing waits for this. */
const PROPAGATION_SECONDS = 10;

export async function gatherStory(
  context: Pick<Context, 'records' | 'probe' | 'clock'>,
  { subject, stored }: ShownEnvironment,
  { held, edit, run }: { held: Held; edit: RevertEdit; run: ShownRun['run'] },
): Promise<RevertStory> {
  const { record } = stored;
  const { app, environment } = subject;
  const [history, sighting] = await Promise.all([
    context.records(app).readHistory(record.app, record.environment, HISTORY_LIMIT),
    awaitSeen(
      context,
      { app, environment, adoption: { record, reason: undefined } },
      PROPAGATION_SECONDS,
    ),
  ]);
  const entries = [...history, record.last].toSorted((a, b) => b.generation - a.generation);
  const build = record.marker?.build[0];
  const [barred] = edit.bars;
  return {
    held,
    edit,
    build: barred?.build ?? { build: edit.from, digest: '' },
    marker: record.marker,
    rolledBack: entries.find(
      ({ generation, event }) => generation === held.rollback && event === 'rolled-back',
    ),
    began: entries.find((entry) => beganBefore(entry, held, build)),
    sighting,
    mates: listMates(record, held),
    runUrl: run.runUrl,
  };
}

/** As long as nothing has happened since, the record knows whom the same write moved. */
function listMates({ train, generation, app, environment }: EnvironmentRecord, held: Held) {
  const members = generation === held.rollback ? (train?.members ?? []) : [];
  return members.map(nameMember).filter((name) => name !== `${app}/${environment}`);
}

const BEGINNINGS: ReadonlySet<HistoryEntry['event']> = new Set([
  'rollout-started',
  'rollout-superseded',
  'first-release',
]);

function beganBefore(
  { generation, event, build }: HistoryEntry,
  { rollback }: Held,
  barred: string | undefined,
): boolean {
  return generation < rollback && BEGINNINGS.has(event) && build === barred;
}
