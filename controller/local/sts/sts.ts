import * as z from 'zod';
import { createQueryService, readAction } from '../http/aws-query.ts';
import { ADMINISTRATOR } from '../http/guard.ts';
import { define } from '../iam/define.ts';
import type { Providers } from '../iam/provider.ts';
import { principalOf } from '../iam/principal.ts';
import type { RoleRecord, Roles } from '../iam/role.ts';
import { ACCOUNT_ID, type Caller, type CloudClock, type Service } from '../service.ts';
import { checkChain, checkDuration, notAuthorized, renderSession, trusts } from './assume-role.ts';
import type { Sessions } from './sessions.ts';
import { invalidToken, readToken, type Issuers } from './web-token.ts';

export interface StsOptions {
  readonly roles: Roles;
  readonly providers: Providers;
  readonly sessions: Sessions;
  readonly clock: CloudClock;
  readonly issuers: Issuers;
}

const RoleArn = z.string().min(20);
const RoleSessionName = z.string().regex(/^[\w+=,.@-]{2,64}$/);
const DurationSeconds = z.coerce.number().int().min(900).max(43_200).default(3600);

const assumeShape = z.strictObject({ RoleArn, RoleSessionName, DurationSeconds });
const webShape = z.strictObject({
  RoleArn,
  RoleSessionName,
  DurationSeconds,
  WebIdentityToken: z.string().min(4).max(20_000),
});

type Assume = z.output<typeof assumeShape>;
type Web = z.output<typeof webShape>;

/** STS: who is asking, and credentials of roles for a while. */
export function createSts(options: StsOptions): Service {
  const service = createQueryService({
    signingName: 'sts',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    operations: {
      GetCallerIdentity: define(z.strictObject({}), (_, { caller = ADMINISTRATOR }) => ({
        Arn: caller.arn,
        UserId: caller.userId,
        Account: ACCOUNT_ID,
      })),
      AssumeRole: define(assumeShape, (input, { caller = ADMINISTRATOR }) =>
        assume(options, input, caller),
      ),
      AssumeRoleWithWebIdentity: define(webShape, (input) => assumeWithToken(options, input)),
    },
  });
  return {
    ...service,
    isUnsigned: (body) => readAction(body) === 'AssumeRoleWithWebIdentity',
  };
}

/** That the caller's own policies allow it has been seen to; here the role has its say. */
function assume({ roles, sessions }: StsOptions, input: Assume, caller: Caller) {
  const { RoleSessionName: name, DurationSeconds: seconds } = input;
  const role = roles.findByArn(input.RoleArn);
  const principal = principalOf(caller);
  const context = {
    'sts:RoleSessionName': name,
    'aws:PrincipalArn': principal.names[1] ?? '',
    'aws:userid': caller.userId,
  };
  if (role === undefined || !trusts(role, 'sts:AssumeRole', { principal, context })) {
    throw notAuthorized(
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`,
    );
  }
  checkChain(seconds, caller.arn !== ADMINISTRATOR.arn);
  return startSession(sessions, role, input);
}

function assumeWithToken({ roles, providers, sessions, issuers, clock }: StsOptions, input: Web) {
  const claims = readToken(input.WebIdentityToken, issuers, clock.now());
  const host = claims.iss.replace(/^https:\/\//, '');
  const provider = providers.get(host);
  if (provider === undefined) {
    throw invalidToken(`No OpenIDConnect provider found in your account for ${claims.iss}`);
  }
  const [audience = ''] = claims.aud.filter((aud) => provider.clientIds.includes(aud));
  if (audience === '') throw invalidToken('Incorrect token audience');
  const role = roles.findByArn(input.RoleArn);
  const context = {
    [`${host}:sub`]: claims.sub,
    [`${host}:aud`]: audience,
    'sts:RoleSessionName': input.RoleSessionName,
  };
  const principal = { kind: 'Federated', names: [provider.arn] } as const;
  const action = 'sts:AssumeRoleWithWebIdentity';
  if (role === undefined || !trusts(role, action, { principal, context })) {
    throw notAuthorized(`Not authorized to perform ${action}`);
  }
  return {
    ...startSession(sessions, role, input),
    SubjectFromWebIdentityToken: claims.sub,
    Audience: audience,
    Provider: provider.arn,
  };
}

function startSession(
  sessions: Sessions,
  role: RoleRecord,
  {
    RoleSessionName: name,
    DurationSeconds: seconds,
  }: Pick<Assume, 'RoleSessionName' | 'DurationSeconds'>,
) {
  checkDuration(seconds, role);
  return renderSession(sessions.start(role, name, seconds));
}
