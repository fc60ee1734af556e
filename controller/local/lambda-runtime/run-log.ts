import { randomBytes } from 'node:crypto';
import type { TaskResult } from './environment.ts';

/** Where the log of an execution environment goes. */
export interface LogPlace {
  readonly region: string;
  readonly group: string;
  readonly stream: string;
}

/** `/aws/lambda/<function>`, and a stream per environment: `2026/11/22/[$LATEST]<32 hex>`. */
export function chooseLogPlace(
  { name, region }: { readonly name: string; readonly region: string },
  version: string,
  now: Date,
): LogPlace {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '/');
  const stream = `${day}/[${version}]${randomBytes(16).toString('hex')}`;
  return { region, group: `/aws/lambda/${name}`, stream };
}

export interface FinishedRun {
  readonly requestId: string;
  readonly version: string;
  readonly memoryMegabytes: number;
  readonly millis: number;
  readonly result: TaskResult;
  readonly now: Date;
}

/** What Lambda and the code wrote about one event, entry by entry. */
export function composeRunLog(run: FinishedRun): readonly string[] {
  const { requestId, version, memoryMegabytes, millis, result } = run;
  const heap = result.kind === 'done' ? result.heapBytes : 0;
  const report = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${millis.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(millis)} ms`,
    `Memory Size: ${memoryMegabytes} MB`,
    `Max Memory Used: ${Math.ceil(heap / 1024 ** 2)} MB`,
  ];
  return [
    `START RequestId: ${requestId} Version: ${version}`,
    ...result.printed,
    ...describeFailed(run),
    `END RequestId: ${requestId}`,
    `${report.join('\t')}\t`,
  ];
}

function describeFailed({ result, requestId, now }: FinishedRun): readonly string[] {
  if (result.kind === 'done') return [];
  const { isTimeout, error } = result;
  if (isTimeout) {
    return [`${now.toISOString()} ${requestId} ${error.errorMessage.replace(/^Error: /, '')}`];
  }
  const { errorType, errorMessage, trace: stack = [] } = error;
  const text = JSON.stringify({ errorType, errorMessage, stack });
  return [`${now.toISOString()}\t${requestId}\tERROR\tInvoke Error \t${text}`];
}
