/** What the functions run as: the fast lane, Lambda@Edge, and what carries events to the fast lane. */
import { fastLaneName, forwardName, HOME_REGION } from '../../infrastructure/names.ts';
import { lambdaName } from '../../plan/function-names.ts';
import { needsKeys } from '../../policy/needs-keys.ts';
import type { LambdaGroup } from '../../policy/policy.ts';
import { setupOf } from '../../policy/setup.ts';
import { keys, parameters } from '../../state/keys.ts';
import type { PolicyDocument, Statement } from '../document.ts';
import type { Role, RoleFacts } from './facts.ts';
import { idOf, ROLE_IDS } from './ids.ts';
import { ACCOUNT, awayRegionsOf, buildsOf, isLambda, objects, parameter } from './places.ts';
import {
  listDistributions,
  listEdgeKeys,
  missingIs404,
  parametersOf,
  readAlarms,
  readDistributions,
  readRoutes,
  readVisitors,
} from './reads.ts';
import { allow, documentOf } from './statements.ts';
import { trustRules, trustServices } from './trust.ts';
import { readNotify, writeState } from './writes.ts';

export function functionRoles(facts: RoleFacts): readonly Role[] {
  return [...fastLaneRoles(facts), ...edgeRoles(facts)];
}

function fastLaneRoles(facts: RoleFacts): readonly Role[] {
  const name = fastLaneName(setupOf(facts.policies));
  if (name === undefined) return [];
  const lane: Role = {
    verb: 'fast-lane',
    id: ROLE_IDS['fast-lane'],
    name,
    purpose:
      'takes steps and rolls back without GitHub; touches no build, no code, no distribution',
    trust: trustServices('lambda.amazonaws.com'),
    policy: steering(facts, name),
  };
  return [lane, ...forwardRoles(facts)];
}

function steering(facts: RoleFacts, name: string): PolicyDocument {
  const { apps, groups } = facts.policies;
  return documentOf(
    allow(
      'ReadState',
      ['s3:GetObject'],
      [
        ...apps.flatMap((app) => [
          ...objects(app, `${app.app}/environments/*`, keys.policyCopy(app.app)),
          ...objects(app, `${keys.pages(app.app)}*`),
          ...buildsOf(app),
        ]),
        ...groups.flatMap((group) => objects(group, 'edge/*.json')),
      ],
    ),
    missingIs404([...apps, ...groups]),
    readRoutes(facts),
    allow('ReadParameters', ['ssm:GetParameters'], apps.flatMap(parametersOf)),
    readDistributions(facts),
    listDistributions(facts),
    readAlarms(),
    readVisitors(facts),
    listEdgeKeys(facts),
    writeState(facts),
    readNotify(facts.policies),
    readKeyOfReverts(facts),
    allow(
      'ItsOwnLog',
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      [`arn:aws:logs:${HOME_REGION}:${ACCOUNT}:log-group:/aws/lambda/${name}:*`],
    ),
  );
}

/** Of the GitHub App as which it opens revert pull requests. */
function readKeyOfReverts({ policies }: RoleFacts): readonly Statement[] {
  const { fastLane } = setupOf(policies);
  if (fastLane === 'off' || fastLane.revert === undefined) return [];
  const name = fastLane.revert.key.replace(/^ssm:/, '');
  return allow('ReadKeyOfReverts', ['ssm:GetParameters'], [parameter(HOME_REGION, name)]);
}

/** Alarms of other regions: their events come over the bus, by one rule in each. */
function forwardRoles({ policies }: RoleFacts): readonly Role[] {
  const name = forwardName(setupOf(policies));
  const regions = awayRegionsOf(policies);
  if (regions.length === 0) return [];
  const bus = `arn:aws:events:${HOME_REGION}:${ACCOUNT}:event-bus/default`;
  const rules = regions.map((region) => `arn:aws:events:${region}:${ACCOUNT}:rule/${name}`);
  return [
    {
      verb: 'forward',
      id: ROLE_IDS.forward,
      name,
      purpose: `carries events of alarms to ${HOME_REGION}`,
      trust: trustRules(rules),
      policy: documentOf(allow('CarryEvents', ['events:PutEvents'], [bus])),
    },
  ];
}

/** One per role that groups name; those that others made are left alone. */
function edgeRoles({ policies }: RoleFacts): readonly Role[] {
  const { existing } = setupOf(policies);
  const groups = policies.groups.filter(isLambda);
  const named = [...new Set(groups.map(({ role }) => role))];
  return named
    .filter((role) => !existing.roles.includes(role))
    .map((role) => {
      const own = groups.filter((group) => group.role === role);
      const names = own.map(({ name }) => name);
      return {
        verb: 'edge' as const,
        of: names.join(', '),
        id: `${ROLE_IDS.edge}${idOf(names[0] ?? '')}`,
        ...nameOf(role),
        purpose: `runs the Lambda@Edge function of ${names.join(', ')}`,
        trust: trustServices('lambda.amazonaws.com', 'edgelambda.amazonaws.com'),
        policy: serving(policies, own),
      };
    });
}

/** `arn:aws:iam::111122223333:role/edge/headgate`: `headgate` in `/edge/`. */
function nameOf(role: string): Pick<Role, 'name' | 'path'> {
  const [, ...parts] = role.replace(/^.*:/, '').split('/');
  const name = parts.at(-1) ?? '';
  const folders = parts.slice(0, -1);
  return folders.length === 0 ? { name } : { name, path: `/${folders.join('/')}/` };
}

function serving({ apps }: RoleFacts['policies'], groups: readonly LambdaGroup[]): PolicyDocument {
  const names = groups.map(({ name }) => name);
  const served = apps.flatMap((app) =>
    app.environments
      .filter(({ edge }) => names.includes(edge.group))
      .map((environment) => ({ app, environment })),
  );
  const gated = served.filter(({ environment }) => environment.gate !== undefined);
  const keyed = served.filter(({ environment }) => needsKeys(environment));
  return documentOf(
    allow(
      'ReadRoutes',
      ['ssm:GetParameter'],
      served.map(({ app, environment }) =>
        parameter(app.region, parameters.route(app.app, environment.name)),
      ),
    ),
    allow(
      'ReadKeys',
      ['ssm:GetParametersByPath'],
      keyed.map(({ app, environment }) =>
        parameter(app.region, parameters.keys(app.app, environment.name)),
      ),
    ),
    allow(
      'ReadWaitingPages',
      ['s3:GetObject'],
      gated.flatMap(({ app }) => objects(app, `${keys.pages(app.app)}*`)),
    ),
    allow('ReadSessions', ['dynamodb:GetItem'], groups.flatMap(tablesOf)),
    allow('ItsOwnLog', LOGS, groups.flatMap(logsOf)),
  );
}

function tablesOf({ sessions }: LambdaGroup): readonly string[] {
  if (sessions === undefined) return [];
  const { table, regions } = sessions;
  return regions.map((region) => `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${table}`);
}

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** It logs in whatever region it runs in; where it is tested, without the region in the name (documented). */
function logsOf({ name }: LambdaGroup): readonly string[] {
  const group = `arn:aws:logs:*:${ACCOUNT}:log-group:/aws/lambda`;
  return [`${HOME_REGION}.${lambdaName(name)}`, lambdaName(name)].map((one) => `${group}/${one}:*`);
}
