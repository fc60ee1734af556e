import { findUnsupported } from '../../core/iam/unsupported.ts';
import { ServiceError } from '../service.ts';
import { findUnknownKey } from './condition-keys.ts';
import { limitExceeded } from './role.ts';

/** What all inline policies of a role may have together, without white space. */
const POLICIES_LIMIT = 10_240;
const TRUST_LIMIT = 2048;

type Statement = Readonly<Record<string, unknown>>;

/** Checks a policy that says what a role may do. Throws MalformedPolicyDocument. */
export function checkPermissions(text: string): void {
  const statements = readStatements(text);
  const sids = statements.flatMap(({ Sid }) => listOf(Sid));
  if (sids.some((sid) => !/^[0-9A-Za-z]*$/.test(sid))) {
    throw malformed(
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    );
  }
  if (new Set(sids).size < sids.length) {
    throw malformed('Statement IDs (SID) in a single policy must be unique.');
  }
  for (const statement of statements) checkPermission(statement);
}

function checkPermission({ Principal, Resource, Action }: Statement): void {
  if (Principal !== undefined) throw malformed('Policy document should not specify a principal.');
  const resources = listOf(Resource);
  if (resources.length === 0) throw malformed('Policy statement must contain resources.');
  const wrong = resources.find((text) => text !== '*' && !text.startsWith('arn:'));
  if (wrong !== undefined) throw malformed(`Resource ${wrong} must be in ARN format or "*".`);
  checkActions(Action);
}

function checkActions(actions: unknown): void {
  if (listOf(actions).every((action) => action === '*' || /^[\w-]+:[\w*?]+$/.test(action))) return;
  throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
}

/** All inline policies of a role share one limit. */
export function checkPoliciesSize(role: string, texts: readonly string[]): void {
  const size = texts.reduce((sum, text) => sum + sizeOf(text), 0);
  if (size <= POLICIES_LIMIT) return;
  throw limitExceeded(`Maximum policy size of ${POLICIES_LIMIT} bytes exceeded for role ${role}`);
}

/**
 * Checks a policy that says who may assume a role. `isKnown`: whether a principal of the account is
 * there. Throws MalformedPolicyDocument, LimitExceeded.
 */
export function checkTrust(text: string, isKnown: (arn: string) => boolean): void {
  if (sizeOf(text) > TRUST_LIMIT) {
    throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${TRUST_LIMIT}`);
  }
  for (const { Effect, Principal, Resource, Action, Condition } of readStatements(text)) {
    if (Resource !== undefined) throw malformed('Has prohibited field Resource');
    if (Principal === undefined) throw malformed('Missing required field Principal');
    const other = listOf(Action).find((action) => !/^sts:/i.test(action));
    if (other !== undefined) {
      throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
    }
    checkPrincipals(Principal, isKnown);
    if (Effect === 'Allow') checkSubject(Principal, Condition);
  }
}

/** IAM keeps the id behind the name of a user or role, so it has to be there. */
function checkPrincipals(principal: unknown, isKnown: (arn: string) => boolean): void {
  const { AWS } = principal as { readonly AWS?: unknown };
  const unknown = listOf(AWS).find((name) => name !== '*' && !isKnown(name));
  if (unknown !== undefined) throw malformed(`Invalid principal in policy: "AWS":"${unknown}"`);
}

const GITHUB = 'token.actions.githubusercontent.com';

/** Everybody's jobs bring tokens of GitHub: trust in them has to look at whose they are. */
function checkSubject(principal: unknown, conditions: unknown): void {
  const { Federated } = principal as { readonly Federated?: unknown };
  if (!listOf(Federated).some((name) => name.endsWith(`:oidc-provider/${GITHUB}`))) return;
  const keys = Object.values((conditions ?? {}) as Readonly<Record<string, object>>)
    .flatMap((one) => Object.keys(one))
    .map((key) => key.toLowerCase());
  if (keys.includes(`${GITHUB}:sub`)) return;
  throw malformed(`Trust in ${GITHUB} must have a condition on ${GITHUB}:sub.`);
}

function readStatements(text: string): readonly Statement[] {
  const document = parse(text);
  const [problem] = findUnsupported(document);
  if (problem !== undefined) throw malformed(problem);
  const { Statement: statements } = document as { readonly Statement: unknown };
  const list = [statements].flat() as readonly Statement[];
  const key = list.map(({ Condition }) => findUnknownKey(Condition)).find(Boolean);
  if (key === undefined) return list;
  throw malformed(`The local cloud does not know the condition key ${key}.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw malformed('This policy contains invalid Json');
  }
}

/** One text, a list of them or nothing. */
function listOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = value === undefined ? [] : [value].flat();
  return values as readonly string[];
}

function sizeOf(text: string): number {
  return text.replaceAll(/\s/g, '').length;
}

function malformed(message: string): ServiceError {
  return new ServiceError(400, 'MalformedPolicyDocument', message);
}
