/** Who may become whom: GitHub's jobs, and builds that nobody has reviewed. */
import type { Statement } from '../iam/document.ts';
import type { Policies } from '../policy/policy.ts';
import type { AbsentRole, DoctorFacts, RoleTrust } from './facts.ts';
import { found, foundIf, type Finding } from './finding.ts';
import {
  audiencesOf,
  isKnownSubject,
  isOfGitHub,
  ISSUER,
  SUBJECT,
  subjectsOf,
  valuesOf,
} from './web-identity.ts';

const STS = 'sts.amazonaws.com';

/** Branches of reverts have the generation in their names; whoever may push there may push anywhere. */
const REVERTS = /^repo:[^*?]+:ref:refs\/heads\/headgate\/revert\/\*$/;

export function checkTrusts(facts: DoctorFacts): readonly Finding[] {
  const { roles, policies, absentRoles } = facts;
  return [
    ...roles.flatMap((role) => checkRole(role, policies)),
    ...absentRoles.map((role) => judgeAbsent(role, facts.identity[0]?.account)),
    ...checkGroups(policies),
  ];
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
  const unguarded = trust.Statement.some(isUnguarded);
  return [
    ...open,
    ...github.flatMap((one) => checkGitHub(one, subject, policies)),
    ...foundIf(unguarded, 'role-unguarded', {
      subject,
      what: 'trusts EventBridge whoever it works for (confused deputy): nothing says of which account or rule',
      fix: 'Add StringEquals aws:SourceAccount: <account> to its trust: headgate bootstrap --deploy does.',
    }),
  ];
}

/** AWS asks for the account or the rule in the trust of a rule's role (documented). */
function isUnguarded(statement: Statement): boolean {
  const { Effect, Principal } = statement;
  if (Effect !== 'Allow' || typeof Principal !== 'object') return false;
  if (![Principal['Service'] ?? []].flat().includes('events.amazonaws.com')) return false;
  const limits = ['aws:SourceAccount', 'aws:SourceArn'].flatMap((key) => valuesOf(statement, key));
  return !limits.some((value) => /\d{12}/.test(value));
}

/** Where the stack made it, somebody took it away; else it may have another name. */
function judgeAbsent(absent: AbsentRole, account = '<account>'): Finding {
  const { name, purpose, isNeeded, isOfStack, others } = absent;
  const isTaken = isNeeded && isOfStack;
  return found(isTaken ? 'role-missing' : 'role-unseen', {
    subject: `role ${name}`,
    what: `${isOfStack ? 'the stack made it, and it is gone' : 'no role has this name'}: ${purpose}`,
    ...(others.length > 0 && {
      evidence: `these trust a repository of setup.github: ${others.join(', ')}`,
    }),
    fix: isOfStack
      ? 'Make it again as headgate bootstrap --roles prints it: CloudFormation does not see that it is gone.'
      : `headgate bootstrap --deploy makes it. One of another name is judged where it is named: headgate doctor --role arn:aws:iam::${account}:role/<name>`,
  });
}

function checkGitHub(
  statement: Statement,
  subject: string,
  policies: Policies,
): readonly Finding[] {
  const subjects = subjectsOf(statement);
  const loose = subjects.filter((value) => /[*?]/.test(value) && !REVERTS.test(value));
  const strange = subjects.filter((value) => !isKnownSubject(value, policies));
  const audiences = audiencesOf(statement);
  const hasAudience = audiences.length > 0 && audiences.every((one) => one === STS);
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
      what: `its trust ${audiences.length === 0 ? 'has no condition on aud' : `takes ${audiences.join(', ')} for aud`}: tokens for any audience that the identity provider of the account lists will do`,
      fix: `Say StringEquals ${ISSUER}:aud: ${STS} in its trust, and nothing else.`,
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
