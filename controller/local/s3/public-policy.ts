import type { Policy } from './policy.ts';

/** What S3 calls public: a statement allows it to everybody, and no condition names fixed ones. */
export function isPublic({ Statement }: Policy): boolean {
  return Statement.some(
    ({ Effect, Principal, Condition = {} }) =>
      Effect === 'Allow' &&
      isEverybody(Principal) &&
      !Object.entries(Condition).some(([operator, keys]) => isFixed(operator, keys)),
  );
}

function isEverybody(principal: Policy['Statement'][number]['Principal']): boolean {
  if (typeof principal !== 'object') return principal === '*';
  return [principal['AWS']].flat().includes('*');
}

const NARROWING = /^aws:(SourceArn|SourceAccount|PrincipalOrgID|PrincipalArn|PrincipalAccount)$/i;

/** A condition that only known accounts or resources meet: no wildcard, and nothing negated. */
function isFixed(operator: string, keys: Readonly<Record<string, unknown>>): boolean {
  if (!/^(String|Arn)(Equals|Like)$/.test(operator)) return false;
  return Object.entries(keys).some(
    ([key, values]) =>
      NARROWING.test(key) && [values].flat().every((value) => !String(value).includes('*')),
  );
}
