import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  paginateFilterLogEvents,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, vi } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { PATIENCE } from '../../../patience.ts';

/** The ingestion delay takes 10 ms, a minute 300 ms. */
export const SPEED = 200;

export type LogWriter = Awaited<ReturnType<typeof startLogWriter>>;

/** A cloud whose groups tests write into; every event is of the time it was started, or later. */
export async function startLogWriter() {
  const cloud: TestCloud = await startTestCloud({ speed: SPEED });
  const logs = new CloudWatchLogsClient(cloud.config());
  const start = Date.now();

  async function createGroup(logGroupName: string, ...streams: string[]): Promise<void> {
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    for (const logStreamName of streams) {
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    }
  }

  /** Messages of consecutive milliseconds. */
  async function put(
    logGroupName: string,
    messages: readonly string[],
    { stream: logStreamName = 's', at = start } = {},
  ) {
    const logEvents = messages.map((message, index) => ({ message, timestamp: at + index }));
    return await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }

  async function read(logGroupName: string, more: Partial<FilterLogEventsCommandInput> = {}) {
    const pages = paginateFilterLogEvents({ client: logs }, { logGroupName, ...more });
    const found: string[] = [];
    for await (const { events = [] } of pages) {
      found.push(...events.map(({ message = '' }) => message));
    }
    return found;
  }

  async function waitFor(logGroupName: string, count: number): Promise<void> {
    await vi.waitFor(async () => expect(await read(logGroupName)).toHaveLength(count), PATIENCE);
  }

  return {
    cloud,
    logs,
    start,
    createGroup,
    put,
    read,
    waitFor,
    async close() {
      logs.destroy();
      await cloud.close();
    },
  };
}
