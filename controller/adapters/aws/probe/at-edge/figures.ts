import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { composeFigure, readMetric } from '../metric.ts';
import { observe } from '../observe.ts';
import { waitFor } from '../wait.ts';
import { RUNS } from './log-lines.ts';

const PAUSE_MILLISECONDS = 2000;
const COUNTED_MILLISECONDS = 600_000;
/** After the end of the minute that they are of, all figures are taken to be in. */
const LATE_MINUTES = 3;

export interface Counted {
  readonly cloudwatch: CloudWatchClient;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly minute: number;
  /** Of a function that never threw. */
  readonly name: string;
  /** When it ran. */
  readonly ranAt: number;
}

/** What CloudWatch says of a function whose runs are known. */
export async function lookAtFigures(counted: Counted): Promise<readonly Measured[]> {
  const { signal, minute, ranAt } = counted;
  const patience = { signal, pause: PAUSE_MILLISECONDS, most: COUNTED_MILLISECONDS };
  return [
    await observe('figures-in', async () => {
      const due = ranAt + minute * (1 + LATE_MINUTES);
      await sleep(Math.max(0, due - Date.now()), undefined, { signal });
      const runs = await readSum(counted, 'FunctionInvocations');
      const minutes = Math.round((Date.now() - ranAt) / minute);
      return [
        runs === RUNS,
        `${minutes} minutes after ${RUNS} runs CloudWatch has ${runs ?? 'none'}`,
      ];
    }),
    await observe('no-datapoint', async () => {
      const ask = () => readSum(counted, 'FunctionInvocations');
      const runs = await waitFor(ask, patience);
      if (runs === undefined) throw new Error('the runs were not counted in time');
      const errors = await readSum(counted, 'FunctionExecutionErrors');
      const evidence = `${runs} runs without an error: ${errors ?? 'no datapoint'}`;
      return [errors === undefined, evidence];
    }),
  ];
}

function readSum({ cloudwatch, name }: Counted, metric: string): Promise<number | undefined> {
  return readMetric(cloudwatch, composeFigure(metric, ['FunctionName', name]));
}
