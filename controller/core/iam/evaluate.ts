/** What IAM would say: the rules that Headgate's own roles and bucket policies need, and no others. */
import { fits } from './condition.ts';
import type { PolicyDocument, Statement } from './document.ts';
import { fitsArn, fitsText } from './pattern.ts';
import { findUnsupported } from './unsupported.ts';

export type Decision = 'allowed' | 'explicitDeny' | 'implicitDeny';

/** Who asks, by every name that a policy's `Principal` may know them by. */
export interface AskingPrincipal {
  readonly kind: 'AWS' | 'Service' | 'Federated';
  /** A session of a role: its ARN, the role's, `arn:aws:iam::<account>:root` and the account's id. */
  readonly names: readonly string[];
}

export interface AccessRequest {
  /** `s3:PutObject`; compared without case. */
  readonly action: string;
  /** One ARN, or `*` where the action has no resource type. */
  readonly resource: string;
  /** Keys are compared without case; one that is absent here is one that the request hasn't got. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  /** Only statements with a Principal ask for it; without it none of them applies. */
  readonly principal?: AskingPrincipal;
}

/**
 * An explicit deny wins, then an allow, else nothing is allowed. Throws for what it can't evaluate: a
 * condition that was passed over would allow what it was written to forbid.
 */
export function evaluate(policies: readonly PolicyDocument[], request: AccessRequest): Decision {
  const [problem] = policies.flatMap((policy) => findUnsupported(policy));
  if (problem !== undefined) throw new UnsupportedPolicyError(problem);
  const applying = policies
    .flatMap(({ Statement }) => Statement)
    .filter((statement) => applies(statement, request));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'explicitDeny';
  return applying.length > 0 ? 'allowed' : 'implicitDeny';
}

class UnsupportedPolicyError extends Error {
  override readonly name = 'UnsupportedPolicyError';
}

function applies(statement: Statement, request: AccessRequest): boolean {
  const { Action, Condition = {} } = statement;
  const context = new Map(
    Object.entries(request.context).map(([key, values]) => [key.toLowerCase(), toTexts(values)]),
  );
  return (
    isNamed(statement.Principal, request.principal) &&
    toTexts(Action).some((pattern) =>
      fitsText(pattern.toLowerCase(), request.action.toLowerCase()),
    ) &&
    isResource(statement, request.resource) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) =>
        fits(operator, toTexts(values), context.get(key.toLowerCase())),
      ),
    )
  );
}

/** Trust has no resource: it is about the role that it belongs to. */
function isResource({ Resource }: Statement, asked: string): boolean {
  if (Resource === undefined) return true;
  return toTexts(Resource).some((pattern) => fitsArn(pattern, asked));
}

function isNamed(named: Statement['Principal'], asking: AskingPrincipal | undefined): boolean {
  if (named === undefined) return true;
  if (asking === undefined) return false;
  if (named === '*') return true;
  // No wildcards: IAM takes `*` alone here, and everything else as it stands.
  const names = toTexts(named[asking.kind] ?? []);
  return names.some((name) => name === '*' || asking.names.includes(name));
}

/** `findUnsupported` has seen that they are texts, not references into a template. */
function toTexts(values: unknown): readonly string[] {
  return [values].flat() as readonly string[];
}
