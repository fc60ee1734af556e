import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { tell } from '../at-edge/helpers.ts';
import { POLL_MILLISECONDS, type Answer } from '../at-edge/site.ts';
import { composeFigure, readMetric } from '../metric.ts';
import { observe } from '../observe.ts';
import { seconds, waitFor } from '../wait.ts';
import type { Visiting } from './origin-events.ts';

/** Less than errors are kept for where no rule says otherwise, which is 10 s. */
const KEPT_MILLISECONDS = 9000;
/** Metrics come minutes later. */
const COUNTED_MILLISECONDS = 900_000;
const PAUSE_MILLISECONDS = 2000;
const NAMES = ['LambdaExecutionError', 'LambdaValidationError', 'LambdaLimitExceededErrors'];

/** How failures of functions are told to visitors. */
export async function lookAtFailures(visiting: Visiting): Promise<readonly Measured[]> {
  const { visit, signal } = visiting;
  const patience = { signal, pause: POLL_MILLISECONDS, most: KEPT_MILLISECONDS };
  // The function throws in every other second.
  const waitForStatus = (isFine: boolean) =>
    waitFor(async () => {
      const answer = await visit('/fails/throws');
      return (answer.status === 200) === isFine ? answer : undefined;
    }, patience);
  const failures = await observe('lambda-errors', async () => {
    const thrown = await waitForStatus(false);
    const begun = performance.now();
    const fine = thrown && (await waitForStatus(true));
    const slow = await visit('/fails/slow');
    const nonsense = await visit('/fails/nonsense');
    if (thrown === undefined) throw new Error('the function never threw');
    const holds = [
      isSaid(thrown, '503 LambdaExecutionError'),
      isSaid(slow, '503 LambdaLimitExceeded'),
      isSaid(nonsense, '502 LambdaValidationError'),
      fine !== undefined,
    ];
    const kept = fine ? `a good answer ${seconds(performance.now() - begun)} later` : 'kept';
    const evidence = `thrown: ${tell(thrown)}, ${kept}; too long: ${tell(slow)}; nonsense: ${tell(nonsense)}`;
    return [holds.every(Boolean), evidence];
  });
  return [failures];
}

/** `503 LambdaExecutionError` where `x-cache` is `LambdaExecutionError from cloudfront`. */
function isSaid({ status, headers }: Answer, expected: string): boolean {
  return `${status} ${headers['x-cache']?.split(' ')[0]}` === expected;
}

export interface Counting {
  readonly cloudwatch: CloudWatchClient;
  readonly signal: AbortSignal;
  readonly distribution: string;
}

/** Under which names they are counted. Each has happened by now. */
export async function lookAtMetrics(counting: Counting): Promise<readonly Measured[]> {
  const { signal } = counting;
  const patience = { signal, pause: PAUSE_MILLISECONDS, most: COUNTED_MILLISECONDS };
  const metrics = await observe('lambda-metric-names', async () => {
    let counted: readonly string[] = [];
    await waitFor(async () => {
      counted = await listCounted(counting);
      return counted.length === NAMES.length ? counted : undefined;
    }, patience);
    // They may be late, all of them.
    if (counted.length === 0) throw new Error('nothing was counted in time');
    return [counted.length === NAMES.length, `counted: ${counted.join(', ')}`];
  });
  return [metrics];
}

async function listCounted({ cloudwatch, distribution }: Counting): Promise<readonly string[]> {
  const counted: string[] = [];
  for (const name of NAMES) {
    const figure = composeFigure(name, ['DistributionId', distribution]);
    if (((await readMetric(cloudwatch, figure)) ?? 0) > 0) counted.push(name);
  }
  return counted;
}
