import { LambdaClient } from '@aws-sdk/client-lambda';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  archiveCode,
  digestArchive,
} from '../../../../../controller/adapters/aws/lambda/archive.ts';
import { createLambdaCode } from '../../../../../controller/adapters/aws/lambda/lambda-code.ts';
import { checkLambdaCode } from '../../../../contract/lambda-code.ts';
import { readZip } from '../../../../../controller/local/lambda/zip.ts';
import { useCloud } from '../cloud-context.ts';

const held = useCloud();

describe('LambdaCode on the local cloud', () => {
  checkLambdaCode(() => held.context.lambdaCode);
});

describe('an archive', () => {
  it('has index.js and the same bytes everywhere', () => {
    const archive = archiveCode('exports.handler = 1;');
    expect(readZip(Buffer.from(archive), 1000).get('index.js')?.toString()).toBe(
      'exports.handler = 1;',
    );
    expect(createHash('sha256').update(archive).digest('hex')).toMatchInlineSnapshot(
      `"56326880a6e01e8ec02421e81ec1421a80c2c4148e15102e1c5bd6d3b5103550"`,
    );
    expect(digestArchive(archive)).toBe(createHash('sha256').update(archive).digest('base64'));
  });
});

it.each([
  [
    'InvalidParameterValueException',
    'The role defined for the function cannot be assumed by Lambda.',
    2,
    'edgelambda.amazonaws.com',
  ],
  ['AccessDeniedException', 'no', 2, 'lambda:CreateFunction'],
  ['ResourceConflictException', 'busy', 4, 'Run the command again'],
])('explains %s', async (name, message, exitCode, hint) => {
  const { InvalidParameterValueException } = await import('@aws-sdk/client-lambda');
  const error =
    name === 'InvalidParameterValueException'
      ? new InvalidParameterValueException({ message, $metadata: {} })
      : Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 409 } });
  const client = new LambdaClient(held.cloud.config());
  const send = client.send.bind(client);
  client.send = (async (command: { readonly constructor: { readonly name: string } }) => {
    if (command.constructor.name === 'CreateFunctionCommand') throw error;
    return send(command as never);
  }) as never;
  const draft = { name: 'headgate-refused', code: '', role: 'arn', description: '' };
  const problem: unknown = await createLambdaCode(client)
    .stage(draft)
    .catch((caught: unknown) => caught);
  client.destroy();
  expect(problem).toMatchObject({ exitCode });
  const { message: said, next } = problem as { message: string; next: string };
  expect(`${said} ${next}`).toContain(hint);
});
