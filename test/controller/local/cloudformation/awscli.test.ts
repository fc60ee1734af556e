import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { full, missing } from '../../../depth.ts';
import { startTestCloud, type TestCloud } from '../harness.ts';
import { EVERY_TYPE } from './every-type.ts';
import { StackClient } from './stack-client.ts';

const run = promisify(execFile);
// Named in full: another program called `aws` may come first on the PATH.
const AWSCLI = '/usr/bin/aws';
const absent =
  full && !existsSync(AWSCLI) && missing('awscli', 'apt-get install awscli (Debian 12)');

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud({ speed: 500 });
});
afterAll(() => cloud.close());

async function aws(...words: readonly string[]): Promise<string> {
  const all = ['cloudformation', ...words, '--endpoint-url', cloud.endpoint, '--output', 'json'];
  const env = { PATH: '/usr/bin:/bin', HOME: cloud.directory, ...cloud.environment };
  return (await run(AWSCLI, all, { env })).stdout;
}

// It knows CloudFormation's answers by its own tables, and waits as it waits for AWS.
it.runIf(full && !absent)(
  'awscli deploys, and sees what came of it',
  { timeout: 300_000 },
  async () => {
    const file = join(cloud.directory, 'template.json');
    const { Logs, Filter, Alarm } = EVERY_TYPE;
    const Properties = {
      ...Alarm.Properties,
      Dimensions: [{ Name: 'Group', Value: { Ref: 'Logs' } }],
    };
    const Resources = { Logs, Filter, Alarm: { ...Alarm, Properties } };
    const Outputs = { Group: { Value: { 'Fn::GetAtt': ['Logs', 'Arn'] } } };
    await writeFile(file, JSON.stringify({ Resources, Outputs }));
    const deploy = ['deploy', '--stack-name', 'cli', '--template-file', file];
    // Without this it asks only every thirty seconds whether the stack is there.
    await aws(...deploy, '--no-execute-changeset');
    const stacks = new StackClient(cloud.config());
    expect(await stacks.find('cli')).toMatchObject({ StackStatus: 'REVIEW_IN_PROGRESS' });
    const changeSet = await stacks.prepare(
      'cli',
      {},
      { TemplateBody: JSON.stringify({ Resources, Outputs }), ChangeSetType: 'CREATE' },
    );
    await stacks.execute(changeSet);
    await stacks.rest('cli');
    stacks.sdk.destroy();
    expect(await aws(...deploy, '--no-fail-on-empty-changeset')).toContain('No changes to deploy');
    const described = JSON.parse(await aws('describe-stacks', '--stack-name', 'cli')) as unknown;
    expect(described).toMatchObject({
      Stacks: [
        {
          StackStatus: 'CREATE_COMPLETE',
          Outputs: [{ OutputKey: 'Group', OutputValue: expect.stringContaining('/headgate') }],
        },
      ],
    });
    const { StackEvents } = JSON.parse(
      await aws('describe-stack-events', '--stack-name', 'cli', '--max-items', '1'),
    ) as { StackEvents: unknown };
    expect(StackEvents).toMatchObject([{ ResourceType: 'AWS::CloudFormation::Stack' }]);
  },
);
