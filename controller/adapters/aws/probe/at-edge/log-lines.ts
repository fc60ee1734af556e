import {
  type CloudWatchLogsClient,
  DeleteLogGroupCommand,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { observe } from '../observe.ts';
import type { Scratch } from '../scratch.ts';
import { waitFor } from '../wait.ts';
import type { Visit } from './site.ts';

/** All that the function ever ran. */
export const RUNS = 2;
const PAUSE_MILLISECONDS = 1000;
/** They come when CloudFront likes; nobody says when. */
const LATEST_MILLISECONDS = 600_000;

export interface Printing {
  readonly logs: CloudWatchLogsClient;
  readonly visit: Visit;
  readonly signal: AbortSignal;
  /** Name of the function. */
  readonly name: string;
}

/** A run that prints a line, and one that doesn't: their request ids, for later. */
export async function printLines(
  { logs, visit, name }: Printing,
  scratch: Scratch,
): Promise<readonly [printing: string, silent: string]> {
  const logGroupName = groupOf(name);
  scratch.keep(`log group ${logGroupName}`, () =>
    logs.send(new DeleteLogGroupCommand({ logGroupName })),
  );
  const run = async (path: string) => String((await visit(path)).headers['x-amz-cf-id']);
  return [await run('/print/line'), await run('/print/nothing')];
}

/** What CloudFront wrote of those runs. */
export async function lookAtLines(
  printing: Printing,
  [printed, silent]: readonly [printing: string, silent: string],
): Promise<readonly Measured[]> {
  const deadline = Date.now() + LATEST_MILLISECONDS;
  const lines = await observe('log-lines', async () => {
    const found = await waitForEnd(printing, printed, deadline);
    const holds = found.length === 3 && found[1] === 'headgate-probe';
    return [holds && isFramed(found), `a run that prints a line: ${found.join(' / ')}`];
  });
  const frame = await observe('log-start-end', async () => {
    const found = await waitForEnd(printing, silent, deadline);
    return [found.length === 2 && isFramed(found), `a run that prints none: ${found.join(' / ')}`];
  });
  return [lines, frame];
}

function isFramed(lines: readonly string[]): boolean {
  return lines[0]?.startsWith('START DistributionID: ') === true && lines.at(-1) === 'END';
}

/** The lines of one run, without its id, once the last one is there. */
async function waitForEnd(
  printing: Printing,
  id: string,
  deadline: number,
): Promise<readonly string[]> {
  const { signal } = printing;
  const patience = { signal, pause: PAUSE_MILLISECONDS, most: deadline - Date.now() };
  const found = await waitFor(async () => {
    const lines = await readLines(printing, id);
    return lines.includes('END') ? lines : undefined;
  }, patience);
  // A line that never comes may come later all the same.
  if (found === undefined) throw new Error(`no END within ${LATEST_MILLISECONDS / 60_000} minutes`);
  return found;
}

async function readLines({ logs, name }: Printing, id: string): Promise<readonly string[]> {
  try {
    const filter = { logGroupName: groupOf(name), filterPattern: `"${id}"` };
    const lines: string[] = [];
    for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, filter)) {
      lines.push(...events.map(({ message = '' }) => message.trim().replace(`${id} `, '')));
    }
    return lines;
  } catch (error) {
    // CloudFront makes the group with the first line.
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}

export function groupOf(name: string): string {
  return `/aws/cloudfront/function/${name}`;
}
