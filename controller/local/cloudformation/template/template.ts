import * as z from 'zod';
import { invalid } from '../errors.ts';

const Texts = z.union([z.string(), z.array(z.string())]);
const Keeping = z.enum(['Delete', 'Retain', 'RetainExceptOnCreate']);

const ResourceShape = z.strictObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: Texts.default([]).transform((names) => [names].flat()),
  DeletionPolicy: Keeping.default('Delete'),
  UpdateReplacePolicy: Keeping.exclude(['RetainExceptOnCreate']).default('Delete'),
  Metadata: z.unknown().optional(),
});

const ParameterShape = z.strictObject({
  Type: z.enum(['String', 'Number']),
  Description: z.string().optional(),
  Default: z.union([z.string(), z.number()]).transform(String).optional(),
  AllowedValues: z.array(z.union([z.string(), z.number()]).transform(String)).optional(),
  AllowedPattern: z.string().refine(isPattern, 'is no regular expression').optional(),
});

const OutputShape = z.strictObject({
  Description: z.string().optional(),
  Value: z.unknown(),
});

const NAMES_LIMITS = { Parameters: 200, Resources: 500, Outputs: 200 };
const section = <Member extends z.ZodType>(member: Member) =>
  z.record(z.string(), member).default({});

const TemplateShape = z.strictObject({
  AWSTemplateFormatVersion: z.literal('2010-09-09').optional(),
  Description: z.string().max(1024).default(''),
  Metadata: z.unknown().optional(),
  Parameters: section(ParameterShape),
  Resources: section(ResourceShape),
  Outputs: section(OutputShape),
});

export type Template = z.output<typeof TemplateShape>;
export type ResourceDeclaration = z.output<typeof ResourceShape>;

/** The template in a text of JSON, or of YAML without short forms like `!Ref`. Nothing refers to anything yet. */
export async function readTemplate(body: string): Promise<Template> {
  const value = await parseText(body);
  const [dynamic] = /\{\{resolve:[^}]*\}\}/.exec(JSON.stringify(value)) ?? [];
  if (dynamic !== undefined) throw invalid(`The local cloud does not imitate ${dynamic}`);
  const parsed = TemplateShape.safeParse(value);
  if (!parsed.success) throw describeIssue(parsed.error);
  const template = parsed.data;
  for (const [name, limit] of Object.entries(NAMES_LIMITS)) {
    const names = Object.keys(template[name as keyof typeof NAMES_LIMITS]);
    checkNames(name.slice(0, -1), names);
    const count = names.length;
    if (count <= limit) continue;
    throw invalid(
      `Template format error: Number of ${name.toLowerCase()}, ${count}, is greater than maximum allowed, ${limit}`,
    );
  }
  if (Object.keys(template.Resources).length > 0) return template;
  throw invalid('Template format error: At least one Resources member must be defined.');
}

function checkNames(what: string, names: readonly string[]): void {
  const odd = names.find((name) => !/^[a-zA-Z0-9]{1,255}$/.test(name));
  if (odd === undefined) return;
  throw invalid(`Template format error: ${what} name ${odd} is non alphanumeric.`);
}

async function parseText(body: string): Promise<unknown> {
  try {
    if (body.trimStart().startsWith('{')) return JSON.parse(body);
    const { parseDocument } = await import('yaml');
    const document = parseDocument(body);
    const [error] = document.errors;
    if (error !== undefined) throw error;
    // Taken for a plain text otherwise.
    const [tag] = /!\w+/.exec(document.warnings.join()) ?? [];
    if (tag !== undefined) throw invalid(`The local cloud does not imitate ${tag}`);
    return document.toJS();
  } catch (error) {
    const isTheirs =
      error instanceof Error && ['SyntaxError', 'YAMLParseError'].includes(error.name);
    if (!isTheirs) throw error;
    throw invalid(`Template format error: not well-formed. ${error.message}`);
  }
}

/** Java's (documented); what the two languages don't share is refused. */
function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== '';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** What CloudFormation has in a template (documented), by where: '' is the template itself. */
const NOT_IMITATED: Readonly<Record<string, readonly string[]>> = {
  '': ['Conditions', 'Mappings', 'Rules', 'Transform', 'Hooks'],
  Parameters: ['ConstraintDescription', 'MaxLength', 'MaxValue', 'MinLength', 'MinValue', 'NoEcho'],
  Resources: ['Condition', 'CreationPolicy', 'UpdatePolicy'],
  Outputs: ['Condition', 'Export'],
};

function describeIssue({ issues }: z.ZodError) {
  const [issue] = issues;
  if (issue === undefined) return invalid('Template format error');
  const { path, message } = issue;
  const [part = '', member = ''] = path.map(String);
  if (issue.code === 'unrecognized_keys' && path.length !== 1) {
    const known = issue.keys.filter((key) => NOT_IMITATED[part]?.includes(key));
    if (known.length > 0) {
      const where = part === '' ? '' : ` of ${part}.${member}`;
      return invalid(`The local cloud does not imitate ${known.join(', ')}${where}`);
    }
    // The words of AWS (observed elsewhere): of members without saying which.
    const [odd = ''] = issue.keys;
    return invalid(
      part === ''
        ? `Invalid template property or properties [${issue.keys.join(', ')}]`
        : `Invalid template ${part.toLowerCase().slice(0, -1)} property '${odd}'`,
    );
  }
  return invalid(`Template format error: ${path.join('.') || 'the template'}: ${message}`);
}
