import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  FilterLogEventsCommand,
  type FilteredLogEvent,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Scratch } from '../scratch.ts';

export interface Line {
  readonly timestamp: number;
  readonly message: string;
}

export interface Page {
  readonly events: readonly FilteredLogEvent[];
  readonly next: string | undefined;
}

/** A log group of the probe's own. */
export interface ScratchGroup {
  readonly name: string;
  write(stream: string, lines: readonly Line[]): Promise<void>;
  /** AWS ends pages where it likes, empty ones too. */
  readAll(pattern?: string): Promise<readonly Page[]>;
}

export async function createGroup(
  logs: CloudWatchLogsClient,
  scratch: Scratch,
  logGroupName: string,
): Promise<ScratchGroup> {
  scratch.keep(`log group ${logGroupName}`, () =>
    logs.send(new DeleteLogGroupCommand({ logGroupName })),
  );
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const read = async (filterPattern?: string, nextToken?: string) => {
    const options = { ...(filterPattern && { filterPattern }), ...(nextToken && { nextToken }) };
    const order = new FilterLogEventsCommand({ logGroupName, ...options });
    const { events = [], nextToken: next } = await logs.send(order);
    return { events, next };
  };
  return {
    name: logGroupName,
    async write(logStreamName, lines) {
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
      const logEvents = [...lines];
      await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    },
    async readAll(pattern) {
      const pages: Page[] = [];
      let next: string | undefined;
      do {
        const page = await read(pattern, next);
        pages.push(page);
        ({ next } = page);
      } while (next !== undefined);
      return pages;
    },
  };
}
