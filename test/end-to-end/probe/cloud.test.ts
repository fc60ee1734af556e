import type { IncomingMessage } from 'node:http';
import { CreateRoleCommand, DeleteRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PARTS } from '../../../controller/core/doctor/probe/parts.ts';
import { ADMINISTRATOR } from '../../../controller/local/http/guard.ts';
import { listAccount } from '../../controller/commands/bootstrap/inventory.ts';
import { full, tellSkipped } from '../../depth.ts';
import { createEmptySetting, type Setting } from '../setting.ts';
import { startOther } from './other-cloud.ts';
import { runProbe } from './run-probe.ts';

tellSkipped('doctor --probe on the local cloud, all but the edge');

/** Alarms and schedules take minutes. */
const SPEED = 60;

let setting: Setting;
const called = new Set<string>();
beforeEach(async () => {
  setting = await createEmptySetting({
    speed: SPEED,
    onRequest: ({ action, principal }) => {
      if (principal === ADMINISTRATOR.arn) called.add(action);
    },
  });
});
afterEach(() => setting.close());

const CLOUD = ['basics', 'logs', 'roles', 'alarms', 'rules', 'lambda', 'stacks', 'table'];
/**
 * Some things are over before a slow machine asks; and the local cloud has no global endpoint, and no policy that keeps its
 * administrator out.
 */
const EXCUSE = /ready at once|too late|has no global endpoint|never kept anything out/;

const XML = { 'content-type': 'text/xml' };
const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' };
const TOO_LONG = {
  status: 409,
  headers: XML,
  body: '<ErrorResponse><Error><Code>LimitExceeded</Code></Error></ErrorResponse>',
};
const DENIED = { status: 403, headers: XML, body: '<Error><Code>AccessDenied</Code></Error>' };
const REFUSED = {
  status: 400,
  headers: JSON_TYPE,
  body: '{"__type":"AccessDeniedException","message":"no"}',
};

function run(parts: readonly string[], endpoint?: string) {
  return runProbe(setting, { parts: parts.join(), speed: SPEED, ...(endpoint && { endpoint }) });
}

function isAmong(rights: readonly string[], action: string): boolean {
  return rights.some((right) => new RegExp(`^${right.replaceAll('*', '.*')}$`).test(action));
}

/** What takes it away again. */
async function createRole(RoleName: string): Promise<() => Promise<unknown>> {
  const { endpoint } = setting.cloud;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const iam = new IAMClient({ endpoint, region: 'us-east-1', credentials });
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const trust = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  return () => iam.send(new DeleteRoleCommand({ RoleName }));
}

function shorten(answer: string): string {
  return answer.replace(/(?<=<Expiration>)[^<]+/, new Date().toISOString());
}

/** As the local cloud says it of a session that is over. */
function tellExpired({ headers, url = '' }: IncomingMessage) {
  if (headers['x-amz-target'] !== undefined) {
    return { status: 400, headers: JSON_TYPE, body: '{"__type":"ExpiredTokenException"}' };
  }
  const error = '<Error><Code>ExpiredToken</Code></Error>';
  return url.includes('/distribution')
    ? { status: 403, headers: XML, body: `<ErrorResponse>${error}</ErrorResponse>` }
    : { status: 400, headers: XML, body: error };
}

describe.skipIf(!full)('doctor --probe', () => {
  it('finds all that the local cloud says of AWS with the rights it names, and leaves nothing', async () => {
    const before = await listAccount(setting);
    called.clear();
    const { code, statements, stderr } = await run(CLOUD);
    const measured = statements.filter(({ outcome }) => !outcome.startsWith('not '));
    const wrong = measured.filter(({ outcome }) => outcome !== 'holds');
    const unseen = wrong.filter(({ outcome }) => outcome === 'could not be measured');
    expect(wrong.filter((row) => !unseen.includes(row))).toEqual([]);
    expect(
      unseen.filter(({ evidence }) => !EXCUSE.test(evidence)),
      stderr,
    ).toEqual([]);
    expect(measured.length).toBeGreaterThan(35);
    expect(stderr).not.toContain('could not look for');
    expect(code).toBe(0);
    const chosen = PARTS.filter(({ name }) => CLOUD.includes(name));
    const rights = ['sts:GetCallerIdentity', ...chosen.flatMap((part) => part.rights)];
    expect([...called].filter((action) => !isAmong(rights, action))).toEqual([]);
    expect(await listAccount(setting)).toEqual(before);
  }, 300_000);

  it('finds an AWS that does otherwise, one that refuses, and what an earlier run left', async () => {
    const leftOver = `headgate-probe-${Date.now().toString(36)}-roles-role`;
    const forget = await createRole(leftOver);
    const other = await startOther(setting.cloud.endpoint, ({ incoming, asked }) => {
      if (asked.includes('Action=UpdateAssumeRolePolicy')) return TOO_LONG;
      if (incoming.url?.includes('-basics-rules/bare') === true) return DENIED;
      const target = String(incoming.headers['x-amz-target']);
      return target.endsWith('.PutParameter') ? REFUSED : undefined;
    });
    const { code, outcomes, markdown } = await run(['basics', 'roles'], other.endpoint);
    await other.close();
    expect(code).toBe(3);
    expect(outcomes['trust-white-space']).toMatchObject({
      outcome: 'does not hold',
      evidence: 'with 3000 spaces: 409 LimitExceededException',
    });
    expect(outcomes['copy-under-never-overwrite']).toMatchObject({
      outcome: 'holds',
      evidence: 'with the header accepted, without it 403 AccessDenied',
    });
    expect(outcomes['parameter-consistent']).toMatchObject({
      outcome: 'could not be measured',
      evidence: 'AccessDeniedException: no',
    });
    expect(outcomes['parameter-bytes']).toMatchObject({
      outcome: 'could not be measured',
      evidence: 'Error: whoever runs the probe was refused: 400 AccessDeniedException',
    });
    expect(outcomes['store-permission']?.outcome).toBe('holds');
    expect(outcomes['alarm-moment']).toMatchObject({
      outcome: 'not asked for',
      evidence: '--probe-also alarms does',
    });
    expect(markdown).toContain(`- role ${leftOver}`);
    await forget();
  }, 60_000);

  it('takes away what it made until it was interrupted', async () => {
    const before = await listAccount(setting);
    const other = await startOther(setting.cloud.endpoint, ({ incoming }) => {
      const isDistribution = incoming.url?.endsWith('/distribution') === true;
      // As Ctrl-C, while CloudFront makes the distribution.
      if (isDistribution && incoming.method === 'POST') process.emit('SIGINT', 'SIGINT');
      return undefined;
    });
    const { code, outcomes } = await run(['roles'], other.endpoint);
    await other.close();
    expect(code).toBe(130);
    expect(outcomes['list-without-prefix']?.outcome).toBe('holds');
    expect(await listAccount(setting)).toEqual(before);
  }, 60_000);

  it('sees a session end', async () => {
    // The local cloud's sessions last as long as those of AWS: nobody waits for that.
    const other = await startOther(setting.cloud.endpoint, ({ incoming, answer }) => {
      if (answer.includes('<Expiration>')) return { body: shorten(answer) };
      const isOfSession = incoming.headers['x-amz-security-token'] !== undefined;
      return isOfSession ? tellExpired(incoming) : undefined;
    });
    const { outcomes } = await run(['session-end'], other.endpoint);
    await other.close();
    expect(outcomes['session-status']).toMatchObject({ outcome: 'holds' });
  }, 60_000);
});
