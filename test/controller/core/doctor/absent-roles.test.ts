import { describe, expect, it } from 'vitest';
import { findAbsentRoles } from '../../../../controller/core/doctor/absent-roles.ts';
import type { DoctorFacts } from '../../../../controller/core/doctor/facts.ts';
import { checkTrusts } from '../../../../controller/core/doctor/trust.ts';
import { listWantedRoles } from '../../../../controller/core/doctor/wanted.ts';
import { readDemo } from '../infrastructure/fixtures.ts';

const { policies } = readDemo();
const wanted = listWantedRoles(policies);
const nobody = { Version: '2012-10-17', Statement: [] } as const;
const arnOf = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const all = wanted.map(({ name }) => ({ name, arn: arnOf(name), trust: nobody }));
const RELEASE = 'headgate-release';
const without = all.filter(({ name }) => name !== RELEASE);

function judge(account: Omit<Parameters<typeof findAbsentRoles>[0], 'wanted'>) {
  const absentRoles = findAbsentRoles({ ...account, wanted }, policies);
  const facts = { roles: [], policies: { groups: [], apps: [] }, absentRoles, identity: [] };
  return checkTrusts(facts as unknown as DoctorFacts);
}

describe('a role that bootstrap would make', () => {
  it('is there by its name, or as the stack says', () => {
    expect(all.map(({ name }) => name)).toContain(RELEASE);
    expect(judge({ all, outputs: {} })).toEqual([]);
    const other = { name: 'deploy', arn: arnOf('deploy'), trust: nobody };
    const outputs = { ReleaseRoleArn: other.arn };
    expect(judge({ all: [...without, other], outputs })).toEqual([]);
  });

  it('is missed where the stack made it, and else may have another name', () => {
    const gone = judge({ all: without, outputs: { ReleaseRoleArn: arnOf(RELEASE) } });
    expect(gone.map(({ id, subject }) => [id, subject])).toEqual([
      ['role-missing', `role ${RELEASE}`],
    ]);
    const sub = 'repo:acme/releases:ref:refs/heads/main';
    const trust = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: {
            Federated: 'arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com',
          },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { 'token.actions.githubusercontent.com:sub': sub } },
        },
      ],
    } as const;
    const theirs = { name: 'deploy', arn: arnOf('deploy'), trust };
    const [unseen] = judge({ all: [...without, theirs], outputs: {} });
    expect(unseen).toMatchObject({ id: 'role-unseen', severity: 'note' });
    expect(unseen?.evidence).toBe('these trust a repository of setup.github: deploy');
  });

  it('is no fault where people alone use it', () => {
    const most = all.filter(({ name }) => name !== 'headgate-preview');
    const outputs = { PreviewRoleArn: arnOf('headgate-preview') };
    expect(judge({ all: most, outputs }).map(({ id }) => id)).toEqual(['role-unseen']);
  });
});
