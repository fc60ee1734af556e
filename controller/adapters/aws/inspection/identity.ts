import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import {
  GetRoleCommand,
  paginateListRoles,
  SimulatePrincipalPolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import type { Identity, Permission, RoleTrust } from '../../../core/doctor/facts.ts';
import type { PolicyDocument } from '../../../core/iam/document.ts';
import { mapAtOnce } from '../../../core/at-once.ts';
import type { Inspection } from '../../../ports/inspection.ts';
import { readText, required } from '../fields.ts';
import { ask, askPages } from './asking.ts';
import type { Clients } from './clients.ts';

type OfIdentity = Pick<Inspection, 'identity' | 'simulate' | 'roles'>;

/** `env`: of the process, for how STS is asked. */
export function inspectIdentity(
  clients: Clients,
  env: Readonly<Record<string, string | undefined>>,
): OfIdentity {
  return {
    async identity() {
      const client = await clients.sts();
      const dates = watchDates(client);
      const answer = await ask(
        { action: 'sts:GetCallerIdentity', resource: 'the credentials in use' },
        () => client.send(new GetCallerIdentityCommand({})),
      );
      const { sessionToken } = await client.config.credentials();
      return {
        account: required(answer.Account, 'an account'),
        arn: required(answer.Arn, 'the ARN of the caller'),
        at: dates.last(),
        token: readToken(sessionToken),
        stsEndpoints: env['AWS_STS_REGIONAL_ENDPOINTS'],
      };
    },
    simulate: async (principal, permissions) =>
      simulate(await clients.iam(), principal, permissions),
    roles: async () => listRoles(await clients.iam()),
  };
}

/** The clock of AWS is in every answer. */
export function watchDates(client: STSClient): { last(): Date | undefined } {
  let date: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = readText(result.response, 'headers', 'date');
      return result;
    },
    { step: 'deserialize', name: 'watchDates', override: true },
  );
  return { last: () => (date === undefined ? undefined : new Date(date)) };
}

/** Assumed: tokens of version 1, which the global endpoint gives out, begin in another way than those of version 2. */
export function readToken(token: string | undefined): Identity['token'] {
  if (token === undefined) return undefined;
  if (/^F[wQ]oG/.test(token)) return 'global';
  return token.startsWith('IQoJ') ? 'regional' : undefined;
}

/** One call asks about many actions on one resource. */
async function simulate(
  client: IAMClient,
  principal: string,
  permissions: readonly Permission[],
): Promise<readonly Permission[] | undefined> {
  const source = await toSource(client, principal);
  if (source === undefined) return undefined;
  const resources = [...new Set(permissions.map(({ resource }) => resource))];
  const denied = await mapAtOnce(resources, 4, async (resource) => {
    const asked = permissions.filter((one) => one.resource === resource);
    const pages = await askPages(
      { action: 'iam:SimulatePrincipalPolicy', resource: source },
      (Marker) =>
        client.send(
          new SimulatePrincipalPolicyCommand({
            PolicySourceArn: source,
            ActionNames: asked.map(({ action }) => action),
            ResourceArns: [resource],
            Marker,
          }),
        ),
      (page) => page.Marker,
    );
    const refused = pages
      .flatMap(({ EvaluationResults = [] }) => EvaluationResults)
      .filter(({ EvalDecision }) => EvalDecision !== 'allowed');
    return asked.filter(({ action }) =>
      refused.some(({ EvalActionName }) => EvalActionName?.toLowerCase() === action.toLowerCase()),
    );
  });
  return denied.flat();
}

/** A session stands for its role. IAM simulates no root and no federated user (documented). */
async function toSource(client: IAMClient, principal: string): Promise<string | undefined> {
  const [, RoleName] = /^arn:aws:sts::\d+:assumed-role\/([^/]+)\//.exec(principal) ?? [];
  if (RoleName !== undefined) {
    // A session's ARN lacks the path of the role, which those of IAM Identity Center have.
    const answer = await ask({ action: 'iam:GetRole', resource: `role ${RoleName}` }, () =>
      client.send(new GetRoleCommand({ RoleName })),
    );
    return required(answer.Role?.Arn, 'the ARN of a role');
  }
  return /^arn:aws:iam::\d+:(user|role)\//.test(principal) ? principal : undefined;
}

async function listRoles(client: IAMClient): Promise<readonly RoleTrust[]> {
  return ask({ action: 'iam:ListRoles', resource: 'the roles of the account' }, async () => {
    const found: RoleTrust[] = [];
    for await (const page of paginateListRoles({ client }, {}))
      for (const { RoleName = '', Arn = '', AssumeRolePolicyDocument = '' } of page.Roles ?? [])
        found.push({ name: RoleName, arn: Arn, trust: parseDocument(AssumeRolePolicyDocument) });
    return found;
  });
}

/** IAM answers percent-encoded. */
function parseDocument(text: string): PolicyDocument {
  const document = JSON.parse(decodeURIComponent(text)) as PolicyDocument;
  return { ...document, Statement: [document.Statement].flat() };
}
