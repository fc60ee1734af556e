/** The roles for people: those who make them by other means, and those who review what bootstrap makes. */
import { setupOf } from '../../policy/setup.ts';
import type { PolicyDocument } from '../document.ts';
import { resolveDocument } from '../resolve.ts';
import type { Role, RoleFacts } from './facts.ts';
import { listRoles } from './list.ts';
import { isFunctions } from './places.ts';

/** Each with who may become it and what it may do, as IAM takes them. */
export function explainRoles(facts: RoleFacts): string {
  const values = namesOf(facts);
  const roles = listRoles(facts).map((role) => explainRole(role, values));
  return [...roles, ...explainMissing(facts)].join('\n\n');
}

function explainRole(role: Role, values: Readonly<Record<string, string>>): string {
  const { path = '/', name, purpose, variable, trust, policy } = role;
  const show = (document: PolicyDocument) =>
    JSON.stringify(resolveDocument(document, values), undefined, 2);
  const whose = variable === undefined ? [] : [`ARN: ${variable.name} of ${variable.repository}`];
  return [
    `role${path}${name}: ${purpose}`,
    ...whose,
    `trust: ${show(trust)}`,
    `policy: ${show(policy)}`,
  ].join('\n');
}

/** What only the account knows stays in angle brackets. */
function namesOf({ policies, ids }: RoleFacts): Readonly<Record<string, string>> {
  const account = '<account>';
  const distributions = policies.apps.flatMap(({ app, environments }) =>
    environments.flatMap(({ name, edge }) => {
      const id = ids.distribution(app, name);
      const known =
        edge.distribution === '' ? `<distribution of ${app}/${name}>` : edge.distribution;
      return id === undefined ? [] : [[id, known] as const];
    }),
  );
  const stores = policies.groups.filter(isFunctions).flatMap(({ name, keyValueStore }) => {
    const id = ids.keyValueStore(name);
    const arn = `arn:aws:cloudfront::${account}:key-value-store/<id of ${keyValueStore}>`;
    return id === undefined ? [] : [[`${id}.Arn`, arn] as const];
  });
  return { 'AWS::AccountId': account, ...Object.fromEntries([...distributions, ...stores]) };
}

/** What nobody said is no role, which is easily overlooked. */
function explainMissing({ policies }: RoleFacts): readonly string[] {
  const { github } = setupOf(policies);
  if (github === undefined) {
    return ['No role for GitHub: `setup.github` of edge.yaml names no repositories.'];
  }
  const without = policies.apps.map(({ app }) => app).filter((app) => !(app in github.apps));
  if (without.length === 0) return [];
  return [`No role publishes ${without.join(', ')}: \`setup.github.apps\` names no repository.`];
}
