import { ServiceError } from '../service.ts';

/** A bucket policy, reduced to what this evaluator understands; anything else is refused on write. */
export interface Policy {
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*' | { readonly Service?: OneOrMany; readonly AWS?: OneOrMany };
  readonly Action: OneOrMany;
  readonly Resource: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;
}

type OneOrMany = string | readonly string[];

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
  const matching = (policy?.Statement ?? []).filter((statement) => applies(statement, access));
  return (
    matching.some(({ Effect }) => Effect === 'Allow') &&
    matching.every(({ Effect }) => Effect !== 'Deny')
  );
}

function applies(statement: Statement, access: Access): boolean {
  return (
    isPrincipal(statement.Principal, access.principal) &&
    // Action names compare without case.
    toList(statement.Action).some((pattern) =>
      matches(pattern.toLowerCase(), access.action.toLowerCase()),
    ) &&
    toList(statement.Resource).some((pattern) => matches(pattern, access.resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds({ operator, key, values }, access)),
    )
  );
}

function isPrincipal(allowed: Statement['Principal'], principal: Principal): boolean {
  if (allowed === '*' || toList(allowed.AWS ?? []).includes('*')) return true;
  return principal !== 'anonymous' && toList(allowed.Service ?? []).includes(principal.service);
}

function holds(
  condition: { operator: string; key: string; values: OneOrMany },
  { principal }: Access,
): boolean {
  if (principal === 'anonymous') return false;
  return toList(condition.values).some((value) =>
    condition.operator === 'StringEquals'
      ? value === principal.sourceArn
      : matches(value, principal.sourceArn),
  );
}

/** `*` is any run of characters, `?` one. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

function toList(value: OneOrMany): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

const OPERATORS = ['StringEquals', 'StringLike', 'ArnLike', 'ArnEquals'];

/** Reads a policy document. Throws MalformedPolicy for what S3 refuses and for what isn't evaluated here. */
export function parsePolicy(text: string, bucket: string): Policy {
  const written = parseJson(text);
  const statements = isObject(written) ? [written['Statement']].flat() : [];
  if (statements.length === 0) throw malformed('Policies must have a Statement.');
  for (const statement of statements) checkStatement(statement, bucket);
  return { ...(written as object), Statement: statements as Statement[] };
}

function checkStatement(statement: unknown, bucket: string): void {
  if (!isObject(statement)) throw malformed('A statement must be an object.');
  const { Effect, Principal, Action, Resource, Condition = {}, Sid: _, ...others } = statement;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw malformed(`Statement element ${unknown} is not supported here.`);
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed('Invalid effect.');
  if (Principal !== '*' && !isObject(Principal)) throw malformed('Invalid principal in policy.');
  if (!isTexts(Action)) throw malformed('Missing required field Action.');
  if (!isTexts(Resource) || !toList(Resource).every((name) => isWithin(bucket, name))) {
    throw malformed('Policy has invalid resource.');
  }
  checkCondition(Condition);
}

function isWithin(bucket: string, name: string): boolean {
  const arn = `arn:aws:s3:::${bucket}`;
  return name === arn || name === `${arn}*` || name.startsWith(`${arn}/`);
}

function checkCondition(condition: unknown): void {
  if (!isObject(condition)) throw malformed('Condition must be an object.');
  for (const [operator, keys] of Object.entries(condition)) {
    const known = isObject(keys) && Object.keys(keys).every((key) => /^aws:SourceArn$/i.test(key));
    if (!OPERATORS.includes(operator) || !known) {
      throw malformed(
        `Only ${OPERATORS.join(', ')} on AWS:SourceArn are evaluated here, not ${operator} ${JSON.stringify(keys)}.`,
      );
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw malformed('This policy contains invalid Json');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is OneOrMany {
  return [value].flat().every((item) => typeof item === 'string');
}

function malformed(message: string): ServiceError {
  return new ServiceError(400, 'MalformedPolicy', message);
}
