import type { SessionTable } from '../contract/lambda-edge.ts';
import { isBarred, isNamed } from '../core/named-builds.ts';
import { SESSION_COOKIE } from '../core/cookies.ts';
import { readField } from '../core/fields.ts';
import type { ReadableRoute } from '../core/read-route.ts';
import { makeSession } from '../core/session.ts';
import { isNavigation } from '../core/visitor.ts';
import type { Visitor } from '../core/visitor.ts';
import { callOperation } from './call-aws.ts';
import { waitFor } from './cache.ts';
import { logFailure } from './log.ts';
import { nearestReplica } from './replica.ts';

/** What a cookie may hold, and no longer than DynamoDB's keys. Nothing else is worth a read. */
const TOKEN = /^[!-~]{1,2048}$/;

/**
 * Shows the visitor as one whose session is in progress on the build that the table names for it.
 * Unchanged when the table knows no such session, or doesn't say so in time, or names a build that
 * nobody may get now: then the session cookie counts, and without one the visitor is new.
 */
export async function joinSession<Given extends { route: ReadableRoute; visitor: Visitor }>(
  given: Given,
  table: SessionTable,
): Promise<Pick<Given, 'route' | 'visitor'>> {
  const { route, visitor } = given;
  const token = readField(visitor.cookies, table.cookie);
  if (!TOKEN.test(token) || !isNavigation(visitor.headers)) return given;
  const build = await waitFor(findVersion(token, visitor.now, table), table.timeoutMillis);
  if (build === undefined || !isNamed(route, build) || isBarred(route, build)) return given;
  const cookies = {
    ...visitor.cookies,
    [SESSION_COOKIE]: { value: makeSession(build, visitor.now) },
  };
  // The core asks how old the session may be; where visitors stay for other reasons, this one is of now.
  return { route: { ...route, idle: route.idle ?? 0 }, visitor: { ...visitor, cookies } };
}

interface Row {
  readonly Item?: Readonly<
    Record<string, { readonly S?: string; readonly N?: string } | undefined>
  >;
}

/** Of an unexpired row. Eventually consistent, as all reads of another region's replica are. */
async function findVersion(
  token: string,
  now: number,
  { table, regions, attributes: { token: key, version, expiration } }: SessionTable,
): Promise<string | undefined> {
  const region = nearestReplica(process.env['AWS_REGION'] ?? '', regions);
  if (region === undefined) return undefined;
  try {
    const output = (await callOperation({ service: 'dynamodb', region }, 'GetItem', {
      TableName: table,
      Key: { [key]: { S: token } },
      ProjectionExpression: '#version, #expiration',
      ExpressionAttributeNames: { '#version': version, '#expiration': expiration },
    })) as Row;
    const { [version]: build, [expiration]: end } = output.Item ?? {};
    if (end !== undefined && !(Number(end.N ?? end.S) > now)) return undefined;
    // Whoever writes `version: 1043` stores a number.
    return build?.S ?? build?.N;
  } catch (error) {
    logFailure(`sessions in ${table}`, error);
    return undefined;
  }
}
