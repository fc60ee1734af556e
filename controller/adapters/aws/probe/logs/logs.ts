import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { PutMetricFilterCommand, TestMetricFilterCommand } from '@aws-sdk/client-cloudwatch-logs';
import { readMetric } from '../metric.ts';
import { observe } from '../observe.ts';
import type { MeasurePart, PartRun } from '../part-run.ts';
import { seconds, waitFor } from '../wait.ts';
import { readPages } from './pages.ts';
import { createGroup, type ScratchGroup } from './scratch-group.ts';

const NAMESPACE = 'headgate-probe';
const MOST_MINUTES = 10;

/** How log lines are found and counted, in a group of the probe's own. */
export const measureLogs: MeasurePart = async (clients, run) => {
  const { scratch, add, say } = run;
  const group = await createGroup(clients.logs, scratch, `${scratch.name}-lines`);
  const metric = `${scratch.name}-lines`;
  await clients.logs.send(
    new PutMetricFilterCommand({
      logGroupName: group.name,
      filterName: 'numbers',
      filterPattern: '[kind, value]',
      metricTransformations: [
        { metricNamespace: NAMESPACE, metricName: metric, metricValue: '$value' },
      ],
    }),
  );
  add(
    await observe('log-quotes', async () => {
      const logEventMessages = ['1 word', '2 5', '3 7'];
      const order = { filterPattern: '[number, value != 5]', logEventMessages };
      const { matches = [] } = await clients.logs.send(new TestMetricFilterCommand(order));
      const matched = matches.map(({ eventMessage }) => eventMessage);
      return [
        matched.join() === '1 word,3 7',
        `!= 5 of word, 5 and 7 matched: ${matched.join(', ')}`,
      ];
    }),
  );
  say('lines are written, and counted within minutes');
  await measureCounts(clients.cloudwatch, { group, metric, run });
  say('10,050 lines');
  const pages = await createGroup(clients.logs, scratch, `${scratch.name}-pages`);
  add(await observe('log-page', () => readPages(pages, run)));
};

interface Counting {
  readonly group: ScratchGroup;
  readonly metric: string;
  readonly run: PartRun;
}

async function measureCounts(
  cloudwatch: CloudWatchClient,
  { group, metric, run }: Counting,
): Promise<void> {
  const { signal, minute, add } = run;
  const patience = { signal, pause: minute / 60, most: MOST_MINUTES * minute };
  const begun = Date.now();
  const lines = ['a word', 'b 7'].map((message) => ({ timestamp: begun, message }));
  await group.write('counted', lines);
  const found = await waitFor(async () => {
    const events = (await group.readAll()).flatMap((page) => page.events);
    return events.length === lines.length ? Date.now() - begun : undefined;
  }, patience);
  const counter = { Namespace: NAMESPACE, MetricName: metric };
  const count = async () => (await readMetric(cloudwatch, counter, 'SampleCount')) ?? 0;
  const counted = await waitFor(async () => {
    const data = await count();
    return data > 0 ? Date.now() - begun : undefined;
  }, patience);
  add(
    await observe('log-delay', async () => {
      if (found === undefined || counted === undefined) {
        throw new Error(
          `after ${MOST_MINUTES} minutes: read ${Boolean(found)}, counted ${Boolean(counted)}`,
        );
      }
      return [true, `could be read after ${seconds(found)}, was counted after ${seconds(counted)}`];
    }),
    await observe('metric-without-number', async () => {
      if (counted === undefined) throw new Error('nothing was counted');
      // Whatever else is made of them comes in the same while.
      const data = await waitFor(async () => ((await count()) > 1 ? 2 : undefined), {
        ...patience,
        most: minute,
      });
      return [data === undefined, `a line with a number and one without: ${data ?? 1} data`];
    }),
  );
}
