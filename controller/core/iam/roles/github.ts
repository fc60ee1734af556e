/** Who may what in the repository of the policies: each verb has a role of its own. */
import { fastLaneName, HOME_REGION } from '../../infrastructure/names.ts';
import { setupOf, type GithubSetup } from '../../policy/setup.ts';
import { keys } from '../../state/keys.ts';
import type { PolicyDocument } from '../document.ts';
import type { Role, RoleFacts, Verb } from './facts.ts';
import { changeCode } from './edge-deploy.ts';
import { collecting } from './gc.ts';
import { ROLE_IDS } from './ids.ts';
import { ACCOUNT, objects } from './places.ts';
import { listDistributions, readCode, readState } from './reads.ts';
import { allow, documentOf } from './statements.ts';
import { readNotify, writeState } from './writes.ts';
import { inEnvironment, onBranch, onPullRequest, trustGitHub } from './trust.ts';

export function githubRoles(facts: RoleFacts): readonly Role[] {
  const { github } = setupOf(facts.policies);
  if (github === undefined) return [];
  return [
    ...planRoles(facts, github),
    releaseRole(facts, github),
    edgeDeployRole(facts, github),
    ...rollbackRoles(facts, github),
    gcRole(facts, github),
  ];
}

interface Draft extends Pick<Role, 'purpose' | 'trust' | 'policy'> {
  readonly verb: Verb;
  readonly variable: string;
}

function make({ policies }: RoleFacts, { releases }: GithubSetup, draft: Draft): Role {
  const { verb, variable } = draft;
  const id = ROLE_IDS[verb];
  const name = `${setupOf(policies).stack}-${verb}`;
  return { ...draft, id, name, variable: { name: variable, repository: releases } };
}

function planRoles(facts: RoleFacts, github: GithubSetup): readonly Role[] {
  if (github.plan === 'off') return [];
  const role = make(facts, github, {
    verb: 'plan',
    variable: 'HEADGATE_PLAN_ROLE',
    purpose: 'reads what a plan is made from; changes nothing',
    trust: trustGitHub([onPullRequest(github.releases)], [reverts(github.releases)]),
    policy: documentOf(readState(facts), readCode(facts), listDistributions(facts)),
  });
  return [role];
}

function releaseRole(facts: RoleFacts, github: GithubSetup): Role {
  return make(facts, github, {
    verb: 'release',
    variable: 'HEADGATE_RECONCILE_ROLE',
    purpose: 'releases and rolls back; changes no edge code',
    trust: onMain(github),
    policy: releasing(facts),
  });
}

function edgeDeployRole(facts: RoleFacts, github: GithubSetup): Role {
  return make(facts, github, {
    verb: 'edge-deploy',
    variable: 'HEADGATE_EDGE_DEPLOY_ROLE',
    purpose: 'publishes edge code and puts it on behaviours',
    trust: onMain(github),
    policy: changeCode(facts),
  });
}

function rollbackRoles(facts: RoleFacts, github: GithubSetup): readonly Role[] {
  const name = fastLaneName(setupOf(facts.policies));
  if (name === undefined) return [];
  const lane = `arn:aws:lambda:${HOME_REGION}:${ACCOUNT}:function:${name}`;
  const asking = allow('AskTheFastLane', ['lambda:InvokeFunction'], [lane]);
  const role = make(facts, github, {
    verb: 'rollback',
    variable: 'HEADGATE_ROLLBACK_ROLE',
    purpose: 'asks the fast lane for a rollback; can do nothing itself',
    trust: trustGitHub([onBranch(github.releases, github.branch)]),
    policy: documentOf(asking),
  });
  return [role];
}

function gcRole(facts: RoleFacts, github: GithubSetup): Role {
  return make(facts, github, {
    verb: 'gc',
    variable: 'HEADGATE_GC_ROLE',
    purpose: 'deletes what nothing needs any more',
    trust: trustGitHub([onBranch(github.releases, github.branch)]),
    policy: collecting(facts),
  });
}

/** The jobs of reconcile.yml may name a GitHub environment, and then have no branch in their subject. */
function onMain({ releases, branch, environment }: GithubSetup): PolicyDocument {
  const named = environment === undefined ? [] : [inEnvironment(releases, environment)];
  return trustGitHub([onBranch(releases, branch), ...named]);
}

/** The plan of a revert that GITHUB_TOKEN opened is dispatched on its branch; only writers can push there. */
function reverts(repository: string): string {
  return onBranch(repository, 'headgate/revert/*');
}

function releasing(facts: RoleFacts): PolicyDocument {
  const { policies } = facts;
  return documentOf(
    readState(facts),
    listDistributions(facts),
    writeState(facts),
    allow(
      'WriteSettings',
      ['s3:PutObject'],
      policies.apps.flatMap((app) =>
        objects(app, keys.settings(app.app), keys.policyCopy(app.app)),
      ),
    ),
    readNotify(policies),
  );
}
