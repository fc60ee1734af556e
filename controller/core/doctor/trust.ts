/** Who may become whom: GitHub's jobs, and builds that nobody has reviewed. */
import type { Statement } from '../iam/document.ts';
import type { Policies } from '../policy/policy.ts';
import type { DoctorFacts, RoleTrust } from './facts.ts';
import { found, foundIf, type Finding } from './finding.ts';

const ISSUER = 'token.actions.githubusercontent.com';
const SUBJECT = `${ISSUER}:sub`;
const AUDIENCE = `${ISSUER}:aud`;

/** Branches of reverts have the generation in their names; whoever may push there may push anywhere. */
const REVERTS = /^repo:[^*?]+:ref:refs\/heads\/headgate\/revert\/\*$/;

export function checkTrusts({ roles, policies }: DoctorFacts): readonly Finding[] {
  return [...roles.flatMap((role) => checkRole(role, policies)), ...checkGroups(policies)];
}

function checkRole({ name, trust }: RoleTrust, policies: Policies): readonly Finding[] {
  const subject = `role ${name}`;
  const open = trust.Statement.filter(isOfEverybody).map(() =>
    found('role-trusts-any', {
      subject,
      what: 'lets every account assume it: its trust names * as the principal',
      fix: `Name who may, in the place of the *: aws iam update-assume-role-policy --role-name ${name} --policy-document file://trust.json`,
    }),
  );
  const github = trust.Statement.filter(isOfGitHub);
  return [...open, ...github.flatMap((one) => checkGitHub(one, subject, policies))];
}

function checkGitHub(
  statement: Statement,
  subject: string,
  policies: Policies,
): readonly Finding[] {
  const subjects = valuesOf(statement, SUBJECT);
  const loose = subjects.filter((value) => /[*?]/.test(value) && !REVERTS.test(value));
  const strange = subjects.filter((value) => !isKnown(value, policies));
  const hasAudience = valuesOf(statement, AUDIENCE).includes('sts.amazonaws.com');
  return [
    ...(subjects.length === 0 || loose.length > 0
      ? [
          found('role-trusts-any', {
            subject,
            what:
              subjects.length === 0
                ? 'trusts every repository of GitHub: its trust has no condition on sub'
                : `trusts whatever fits ${loose.join(', ')}`,
            fix: `Say exactly who with StringEquals on ${SUBJECT}: repo:<owner>/<repository>:ref:refs/heads/main`,
          }),
        ]
      : []),
    ...foundIf(!hasAudience, 'role-lacks-audience', {
      subject,
      what: 'takes tokens that were made for somebody else: its trust has no condition on aud',
      fix: `Add StringEquals ${AUDIENCE}: sts.amazonaws.com to its trust.`,
    }),
    ...foundIf(loose.length === 0 && strange.length > 0, 'role-trusts-other', {
      subject,
      what: `trusts ${strange.join(', ')}, and edge.yaml names other repositories`,
      fix: 'Take it out of the trust (aws iam update-assume-role-policy); or correct setup.github in edge.yaml, then headgate bootstrap --deploy',
    }),
  ];
}

/** Whatever its conditions: none of Headgate's roles is for whoever meets one. */
function isOfEverybody({ Effect, Principal }: Statement): boolean {
  if (Effect !== 'Allow' || Principal === undefined) return false;
  return Principal === '*' || [Principal['AWS'] ?? []].flat().includes('*');
}

function isOfGitHub({ Effect, Principal }: Statement): boolean {
  if (Effect !== 'Allow' || typeof Principal !== 'object') return false;
  return [Principal['Federated'] ?? []]
    .flat()
    .some((name) => typeof name === 'string' && name.endsWith(ISSUER));
}

/** Of operators that compare for equality or likeness; all others are no limit. */
function valuesOf({ Condition = {} }: Statement, key: string): readonly string[] {
  const operators = Object.entries(Condition).filter(([operator]) =>
    /^(ForAnyValue:)?String(Equals|EqualsIgnoreCase|Like)$/.test(operator),
  );
  return operators.flatMap(([, keys]) =>
    Object.entries(keys)
      .filter(([name]) => name.toLowerCase() === key.toLowerCase())
      .flatMap(([, values]) => [values].flat().filter((value) => typeof value === 'string')),
  );
}

/** `repo:acme/shop:pull_request`; without `setup.github` nobody says which are right. */
function isKnown(subject: string, { setup }: Policies): boolean {
  if (setup?.github === undefined) return true;
  const known = [setup.github.releases, ...Object.values(setup.github.apps)];
  return known.some((repository) => subject.startsWith(`repo:${repository}:`));
}

/** What protects customers from code that nobody has reviewed is that it is elsewhere. */
function checkGroups({ apps, groups }: Policies): readonly Finding[] {
  return groups.flatMap(({ name }) => {
    const members = apps.flatMap(({ app, environments }) =>
      environments
        .filter(({ edge }) => edge.group === name)
        .map(({ name: environment, preview }) => ({ id: `${app}/${environment}`, preview })),
    );
    const untrusted = members.filter(({ preview }) => preview.builds === 'all');
    const others = members.filter(({ preview }) => preview.builds !== 'all');
    if (untrusted.length === 0 || others.length === 0) return [];
    return [
      found('group-shared', {
        subject: `group ${name}`,
        what: `${untrusted.map(({ id }) => id).join(', ')} shows builds of pull requests and shares store and functions with ${others.map(({ id }) => id).join(', ')}`,
        fix: 'Give it an edge group of its own, with a KeyValueStore of its own: one store per trust domain.',
      }),
    ];
  });
}
