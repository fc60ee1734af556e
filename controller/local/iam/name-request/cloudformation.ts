import { composeArn } from './permission.ts';
import { nameByForm, needing, type About, type Form } from './forms.ts';

/** A stack by its name is asked for as all that ever had that name. */
function stackArn(form: Form, { request: { region } }: About): string {
  // A change set's own ARN names no stack: IAM knows its operations by the stack alone.
  const stack = form.get('StackName') ?? '';
  if (stack.startsWith('arn:')) return stack;
  return composeArn('cloudformation', region, `stack/${stack || '*'}/*`);
}

const onStack = needing(stackArn);

const STACK_OPERATIONS = [
  'CreateChangeSet',
  'DescribeChangeSet',
  'ExecuteChangeSet',
  'DeleteChangeSet',
  'ListChangeSets',
  'DescribeStacks',
  'DescribeStackEvents',
  'DescribeStackResource',
  'DescribeStackResources',
  'ListStackResources',
  'GetTemplate',
  'GetTemplateSummary',
  'DeleteStack',
  'UpdateTerminationProtection',
];

/** What requests to CloudFormation need by themselves; what it does for them is another question. */
export const nameCloudFormation = nameByForm({
  ...Object.fromEntries(
    STACK_OPERATIONS.map((operation) => [operation, onStack(`cloudformation:${operation}`)]),
  ),
  ListStacks: needing(() => '*')('cloudformation:ListStacks'),
  ValidateTemplate: needing(() => '*')('cloudformation:ValidateTemplate'),
});
