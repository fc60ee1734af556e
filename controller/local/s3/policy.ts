import type { PolicyDocument } from '../../core/iam/document.ts';
import { evaluate, type AskingPrincipal } from '../../core/iam/evaluate.ts';
import { findUnsupported } from '../../core/iam/unsupported.ts';
import { findUnknownKey } from '../iam/condition-keys.ts';
import { ACCOUNT_ID, ServiceError } from '../service.ts';

/** A bucket policy that the evaluator understands; anything else is refused on write. */
export type Policy = PolicyDocument;

/** Who asks: CloudFront on behalf of one distribution, or anyone. */
export type Principal =
  | { readonly service: 'cloudfront.amazonaws.com'; readonly sourceArn: string }
  | 'anonymous';

export interface Access {
  readonly principal: Principal;
  /** `s3:GetObject` or `s3:ListBucket`. */
  readonly action: string;
  /** ARN of the object or the bucket. */
  readonly resource: string;
}

/** Whether a statement allows it and none denies it. */
export function isAllowed(policy: Policy | undefined, access: Access): boolean {
  if (policy === undefined) return false;
  const { action, resource } = access;
  return evaluate([policy], { action, resource, ...describe(access.principal) }) === 'allowed';
}

function describe(asking: Principal) {
  const transport = { 'aws:SecureTransport': 'true' };
  if (asking === 'anonymous') {
    const principal: AskingPrincipal = { kind: 'AWS', names: [] };
    return { principal, context: { ...transport, 'aws:PrincipalIsAWSService': 'false' } };
  }
  const principal: AskingPrincipal = { kind: 'Service', names: [asking.service] };
  const source = { 'aws:SourceArn': asking.sourceArn, 'aws:SourceAccount': ACCOUNT_ID };
  return { principal, context: { ...transport, ...source, 'aws:PrincipalIsAWSService': 'true' } };
}

/** Reads a policy document. Throws MalformedPolicy for what S3 refuses and for what isn't evaluated here. */
export function parsePolicy(text: string, bucket: string): Policy {
  const written = parseJson(text);
  const [problem] = findUnsupported(written);
  if (problem !== undefined) throw malformed(problem);
  const { Statement, ...others } = written as { readonly Statement: unknown };
  const statements = [Statement].flat() as readonly PolicyDocument['Statement'][number][];
  for (const statement of statements) checkStatement(statement, bucket);
  return { ...others, Statement: statements } as unknown as Policy;
}

function checkStatement(statement: PolicyDocument['Statement'][number], bucket: string): void {
  const { Principal: principal, Action, Resource, Condition } = statement;
  if (principal === undefined) throw malformed('Missing required field Principal');
  if (!listOf(Action).every((action) => /^(s3:[\w*?]+|\*)$/i.test(action))) {
    throw malformed('Policy has invalid action');
  }
  const resources = listOf(Resource);
  if (resources.length === 0 || !resources.every((name) => isWithin(bucket, name))) {
    throw malformed('Policy has invalid resource');
  }
  const key = findUnknownKey(Condition);
  if (key === undefined) return;
  throw malformed(`The local cloud does not know the condition key ${key}.`);
}

/** One text, a list of them or nothing. */
function listOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = value === undefined ? [] : [value].flat();
  return values as readonly string[];
}

function isWithin(bucket: string, name: string): boolean {
  const arn = `arn:aws:s3:::${bucket}`;
  return name === arn || name === `${arn}*` || name.startsWith(`${arn}/`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw malformed('This policy contains invalid Json');
  }
}

function malformed(message: string): ServiceError {
  return new ServiceError(400, 'MalformedPolicy', message);
}
