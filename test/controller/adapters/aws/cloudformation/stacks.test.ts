import {
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import { expect, it } from 'vitest';
import { createStacks } from '../../../../../controller/adapters/aws/cloudformation/stacks.ts';
import { RefusedError } from '../../../../../controller/core/errors.ts';

const ID = 'arn:aws:cloudformation:us-east-1:111122223333:stack/headgate/1';

interface Answers {
  readonly template?: string;
  /** After the deletion has begun, the newest first. */
  readonly events?: readonly {
    readonly id: string;
    readonly of: string;
    readonly status: string;
  }[];
}

/** CloudFormation with one stack, as it answers what the local one can't be brought to. */
function openStacks({ template = '{}', events = [] }: Answers) {
  let isDeleting = false;
  const send = async (command: unknown) => {
    if (command instanceof DescribeStacksCommand) {
      return { Stacks: [{ StackId: ID, StackStatus: 'CREATE_COMPLETE' }] };
    }
    if (command instanceof GetTemplateCommand) return { TemplateBody: template };
    if (command instanceof DeleteStackCommand) return void (isDeleting = true);
    if (command instanceof DescribeStackEventsCommand) {
      const StackEvents = events.map(({ id, of, status }) => ({
        EventId: id,
        PhysicalResourceId: of,
        LogicalResourceId: of === ID ? 'headgate' : of,
        ResourceStatus: status,
        ResourceStatusReason: 'In use',
      }));
      return { StackEvents: isDeleting ? StackEvents : [] };
    }
    throw new Error('nobody asks that');
  };
  const client = { send } as unknown as CloudFormationClient;
  const s3 = () => Promise.reject(new Error('no template is large'));
  return createStacks({ client, region: 'us-east-1', s3 });
}

it("leaves a stack alone that somebody else has made from YAML, and one's own has no template at first", async () => {
  const theirs = openStacks({ template: 'Resources: { A: { Type: AWS::SNS::Topic } }' });
  await expect(theirs.read('headgate')).rejects.toThrow(RefusedError);
  const begun = await openStacks({ template: '' }).read('headgate');
  expect(begun?.template.Resources).toEqual({});
});

it('names what could not be deleted, also beyond the first hundred resources', async () => {
  const failed = { id: '3', of: ID, status: 'DELETE_FAILED' };
  const store = { id: '2', of: 'StoreProd', status: 'DELETE_FAILED' };
  const both = openStacks({ events: [failed, store] });
  expect(await both.delete('headgate', () => {})).toEqual(['StoreProd']);
  const alone = openStacks({ events: [failed] });
  expect(await alone.delete('headgate', () => {})).toEqual(['it (DELETE_FAILED)']);
});
