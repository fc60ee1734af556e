/** How a role trusts jobs of GitHub Actions. */
import type { Statement } from '../iam/document.ts';
import type { Policies } from '../policy/policy.ts';

export const ISSUER = 'token.actions.githubusercontent.com';
export const SUBJECT = `${ISSUER}:sub`;
const AUDIENCE = `${ISSUER}:aud`;

export function isOfGitHub({ Effect, Principal }: Statement): boolean {
  if (Effect !== 'Allow' || typeof Principal !== 'object') return false;
  return [Principal['Federated'] ?? []]
    .flat()
    .some((name) => typeof name === 'string' && name.endsWith(ISSUER));
}

export function subjectsOf(statement: Statement): readonly string[] {
  return valuesOf(statement, SUBJECT);
}

export function audiencesOf(statement: Statement): readonly string[] {
  return valuesOf(statement, AUDIENCE);
}

/**
 * `repo:acme/shop:pull_request`; without `setup.github` nobody says which are right. GitHub may write ids into it
 * (`repo:acme@12/shop@34:...`): where one of the two has none, the names alone are compared.
 */
export function isKnownSubject(subject: string, { setup }: Policies): boolean {
  if (setup?.github === undefined) return true;
  const known = [setup.github.releases, ...Object.values(setup.github.apps)];
  return known.some(
    (repository) =>
      subject.startsWith(`repo:${repository}:`) ||
      subject.startsWith(`repo:${withoutIds(repository)}:`) ||
      withoutIds(subject).startsWith(`repo:${repository}:`),
  );
}

function withoutIds(name: string): string {
  return name.replaceAll(/@\d+(?=[/:]|$)/g, '');
}

/** Of operators that compare for equality or likeness; all others are no limit. */
export function valuesOf({ Condition = {} }: Statement, key: string): readonly string[] {
  const operators = Object.entries(Condition).filter(([operator]) =>
    /^(ForAnyValue:)?(String|Arn)(Equals|EqualsIgnoreCase|Like)$/.test(operator),
  );
  return operators.flatMap(([, keys]) =>
    Object.entries(keys)
      .filter(([name]) => name.toLowerCase() === key.toLowerCase())
      .flatMap(([, values]) => [values].flat().filter((value) => typeof value === 'string')),
  );
}
