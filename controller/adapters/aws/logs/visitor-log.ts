import { FilterLogEventsCommand, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { parseVisitorLine, SLOTS } from '../../../../edge/contract/visitor-line.ts';
import { UnansweredError } from '../../../core/errors.ts';
import type { SeenLine } from '../../../core/rollout/visitors/evidence.ts';
import { linePattern } from '../../../core/rollout/visitors/metric-filters.ts';
import type { LinesAsked, VisitorLog } from '../../../ports/visitor-log.ts';
import { translateError } from '../translate-error.ts';

/**
 * Documented: a page has at most 1 MB or 10,000 events and may be empty though more follow; an account
 * may ask five times a second and region. So what is read is bounded: first of all slots, then of fewer.
 */
const READINGS = [
  { sampling: 1, calls: 40, lines: 300_000 },
  { sampling: 16, calls: 30, lines: 300_000 },
  { sampling: 256, calls: 30, lines: 300_000 },
] as const;

/** No rollback waits for this, but the run's other work may. */
const LONGEST_MS = 30_000;

export function createVisitorLog(client: CloudWatchLogsClient): VisitorLog {
  return {
    async read(asked) {
      const abortSignal = AbortSignal.timeout(LONGEST_MS);
      for (const reading of READINGS) {
        const lines = await readLines({ client, asked, reading, abortSignal });
        if (lines !== undefined) return { lines, sampling: reading.sampling };
      }
      throw new UnansweredError(
        `The log group ${asked.logGroup} has more lines of ${asked.app}/${asked.environment} than can be read in one run.`,
        'Shorter steps have fewer lines; without `guard.beacon` they are not read.',
      );
    },
  };
}

interface Asking {
  readonly client: CloudWatchLogsClient;
  readonly asked: LinesAsked;
  readonly reading: (typeof READINGS)[number];
  readonly abortSignal: AbortSignal;
}

/** undefined: there are too many. */
async function readLines(asking: Asking): Promise<readonly SeenLine[] | undefined> {
  const { asked, reading } = asking;
  const lines: SeenLine[] = [];
  let nextToken: string | undefined;
  for (let call = 0; call < reading.calls && lines.length <= reading.lines; call++) {
    const page = await readPage(asking, nextToken);
    for (const { message = '', timestamp } of page.events ?? []) {
      const line = timestamp === undefined ? undefined : toLine(message, timestamp, asked);
      if (line !== undefined) lines.push(line);
    }
    nextToken = page.nextToken;
    if (nextToken === undefined) return lines;
  }
  return undefined;
}

async function readPage({ client, asked, reading, abortSignal }: Asking, nextToken?: string) {
  const { logGroup, since, salt } = asked;
  const { sampling } = reading;
  const slot = sampling === 1 ? 'slot' : `slot<${SLOTS / sampling}`;
  const input = {
    logGroupName: logGroup,
    startTime: Date.parse(since),
    filterPattern: linePattern(asked, { salt: `salt=${salt}`, slot }),
    ...(nextToken !== undefined && { nextToken }),
  };
  try {
    return await client.send(new FilterLogEventsCommand(input), { abortSignal });
  } catch (error) {
    if (abortSignal.aborted) {
      throw new UnansweredError(
        `Reading the log group ${logGroup} takes longer than 30 seconds.`,
        'Wait a little and run it again.',
        { cause: error },
      );
    }
    throw translateError(error, {
      action: 'logs:FilterLogEvents',
      resource: `log group ${logGroup}`,
    });
  }
}

/** The pattern has asked for these already; an endpoint that doesn't know all of it may send others. */
function toLine(text: string, at: number, asked: LinesAsked): SeenLine | undefined {
  const line = parseVisitorLine(text);
  if (line?.app !== asked.app || line.environment !== asked.environment) return undefined;
  if (line.salt !== asked.salt) return undefined;
  const { arm, kind, build, weightBasisPoints, slot } = line;
  return { at, arm, kind, build, weightBasisPoints, slot };
}
