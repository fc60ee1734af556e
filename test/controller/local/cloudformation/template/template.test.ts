import { expect, it } from 'vitest';
import { readTemplate } from '../../../../../controller/local/cloudformation/template/template.ts';

const A = { Type: 'AWS::Logs::LogGroup' };
const parameter = (more: object) => ({ Parameters: { P: { Type: 'String', ...more } } });

it.each<[what: string, template: object | string, message: RegExp]>([
  ['conditions', { Conditions: { Yes: {} } }, /does not imitate Conditions$/],
  ['mappings', { Mappings: { M: { a: { b: 'c' } } } }, /does not imitate Mappings$/],
  ['a macro', { Transform: 'AWS::Serverless-2016-10-31' }, /does not imitate Transform$/],
  ['sections of nobody', { resources: {} }, /template property or properties \[resources\]$/],
  [
    'a resource on a condition',
    { Resources: { A: { ...A, Condition: 'Yes' } } },
    /does not imitate Condition of Resources\.A$/,
  ],
  [
    'a member that is not imitated',
    { Resources: { A: { ...A, CreationPolicy: {} } } },
    /does not imitate CreationPolicy of Resources\.A$/,
  ],
  [
    'a member of nobody',
    { Resources: { A: { ...A, name: 'a' } } },
    /^Invalid template resource property 'name'$/,
  ],
  [
    'an export',
    { Outputs: { O: { Value: 'a', Export: { Name: 'a' } } } },
    /does not imitate Export of Outputs\.O$/,
  ],
  ['a length', parameter({ MaxLength: 1 }), /does not imitate MaxLength of Parameters\.P$/],
  [
    'a pattern that is none',
    parameter({ AllowedPattern: '[a' }),
    /Parameters\.P\.AllowedPattern: is no regular expression$/,
  ],
  [
    'a dynamic reference',
    parameter({ Default: 'a{{resolve:ssm:/name}}' }),
    /does not imitate \{\{resolve:ssm:\/name\}\}$/,
  ],
  ['a short form of YAML', 'Resources: { A: { Type: !Sub a } }', /does not imitate !Sub$/],
  ['no YAML', 'Resources: { A: [', /^Template format error: not well-formed/],
])('a template with %s is refused', async (_, template, message) => {
  const body =
    typeof template === 'string' ? template : JSON.stringify({ Resources: { A }, ...template });
  await expect(readTemplate(body)).rejects.toMatchObject({
    code: 'ValidationError',
    message: expect.stringMatching(message),
  });
});
