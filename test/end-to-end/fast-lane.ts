import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { zip } from '../controller/local/lambda/archive.ts';
import { REGION } from './policy.ts';
import { startProxy, type Call } from './proxy.ts';
import type { Setting } from './setting.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'policies/fast-lane.md'), 'utf8');
const BUNDLE = readFileSync(join(ROOT, 'dist/lambda/index.mjs'));
/** The one that the page has, and the local cloud's own. */
const ACCOUNTS = ['123456789012', '000000000000'] as const;
const FunctionName = 'headgate-fast-lane';

/** A file that the page shows, as somebody who follows it would have it. */
export function readShown(name: string): string {
  const [, text] = new RegExp(`\`${name}\`[^\`]*\`\`\`json\n([^\`]*)\`\`\``).exec(PAGE) ?? [];
  if (text === undefined) throw new Error(`the page shows no ${name}`);
  return text.replaceAll(...ACCOUNTS);
}

/** Names of all files that the page shows. */
export function listShown(): readonly string[] {
  return [...PAGE.matchAll(/^`([\w-]+\.json)`/gm)].map(([, name = '']) => name);
}

/** IAM actions that the page gives the function. */
export function listAllowed(): readonly string[] {
  const { Statement } = JSON.parse(readShown('role.json')) as {
    Statement: readonly { readonly Action: string | readonly string[] }[];
  };
  return Statement.flatMap(({ Action }) => Action);
}

export interface FastLane {
  /** All that the function asked AWS, as it was answered. */
  readonly calls: readonly Call[];
  /** The rule of alarms, in the function's region or forwarded to it. */
  watchAlarms(region?: string): Promise<void>;
  schedule(): Promise<void>;
  /** A run of the schedule, now; gives what it asked. */
  wake(): Promise<readonly Call[]>;
  close(): Promise<void>;
}

/** Sets the function up as the page says. */
export async function installFastLane({ cloud }: Setting): Promise<FastLane> {
  const proxy = await startProxy(cloud.endpoint, async () => true);
  const inRegion = (region: string) => ({
    endpoint: cloud.endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const lambda = new LambdaClient(inRegion(REGION));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: `arn:aws:iam::${ACCOUNTS[1]}:role/headgate-fast-lane`,
      Timeout: 60,
      MemorySize: 512,
      Code: { ZipFile: zip({ 'index.mjs': BUNDLE }) },
      // The proxy counts its calls.
      Environment: { Variables: { AWS_ENDPOINT_URL: proxy.endpoint } },
    }),
  );
  const waiting = { client: lambda, maxWaitTime: 60, minDelay: 0.02, maxDelay: 0.2 };
  await waitUntilFunctionActiveV2(waiting, { FunctionName });
  await lambda.send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: 'events',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: `arn:aws:events:${REGION}:${ACCOUNTS[1]}:rule/headgate-*`,
    }),
  );

  const put = async (
    region: string,
    rule: {
      readonly Name: string;
      readonly EventPattern?: string;
      readonly ScheduleExpression?: string;
    },
    targets: string,
  ): Promise<void> => {
    const events = new EventBridgeClient(inRegion(region));
    await events.send(new PutRuleCommand(rule));
    const Targets = JSON.parse(readShown(targets)) as Target[];
    const answer = await events.send(new PutTargetsCommand({ Rule: rule.Name, Targets }));
    if (answer.FailedEntryCount !== 0) throw new Error(JSON.stringify(answer.FailedEntries));
    events.destroy();
  };
  return {
    calls: proxy.calls,
    async watchAlarms(region = REGION) {
      const rule = { Name: 'headgate-shop-prod', EventPattern: readShown('alarm-pattern.json') };
      await put(REGION, rule, 'alarm-targets.json');
      if (region !== REGION) await put(region, rule, 'forward-targets.json');
    },
    schedule: () =>
      put(
        REGION,
        { Name: 'headgate-schedule', ScheduleExpression: 'rate(1 minute)' },
        'schedule-targets.json',
      ),
    async wake() {
      const before = proxy.calls.length;
      const [target] = JSON.parse(readShown('schedule-targets.json')) as readonly Target[];
      const answer = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: target?.Input ?? '' }),
      );
      if (answer.FunctionError !== undefined) throw new Error(answer.Payload?.transformToString());
      return proxy.calls.slice(before);
    },
    close: () => {
      lambda.destroy();
      return proxy.close();
    },
  };
}
