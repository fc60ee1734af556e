/** What wakes the fast lane. Checked by hand: a schema library would take longer to load than all this. */
import { TEST_MARK } from '../core/doctor/test-event.ts';
import { isLine, type RollbackRequest } from '../core/fast-lane/request.ts';
import type { AlarmCall } from '../read/for-alarm.ts';

export interface Schedule {
  readonly bucket: string;
  readonly region: string;
  readonly apps: readonly string[];
}

export type Call =
  | { readonly kind: 'alarm'; readonly alarm: AlarmCall }
  | { readonly kind: 'schedule'; readonly schedule: Schedule }
  | { readonly kind: 'rollback'; readonly rollback: RollbackRequest }
  /** `headgate doctor` tries whether alarms arrive. */
  | { readonly kind: 'test'; readonly mark: string }
  /** It will never become right, however often it comes. */
  | { readonly kind: 'unknown'; readonly why: string };

const DETAIL_TYPE = 'CloudWatch Alarm State Change';

/** As in a policy (`core/policy/values.ts`): a name becomes part of a key, so it can't lead elsewhere. */
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const BUCKET = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z]{2}(-[a-z]+){1,2}-\d{1,2}$/;
const BUILD = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Worked example: `{ headgate: { bucket, region, app: 'shop', environment: 'prod' }, event }` with the
 * event that CloudWatch sent, or what an input transformer left of it, is an alarm; `{ headgate: {
 * bucket, region, apps: ['shop'] } }` is the schedule; `{ headgate: { bucket, region, app, environment },
 * rollback: { reason, by } }` is a person, through `headgate rollback --via`.
 */
export function readCall(input: unknown): Call {
  const { headgate, event, rollback } = fieldsOf(input);
  const { bucket, region, app, environment, apps } = fieldsOf(headgate);
  if (!isLike(BUCKET, bucket) || !isLike(REGION, region)) {
    return unknown('headgate.bucket and headgate.region');
  }
  if (Array.isArray(apps) && event === undefined) {
    const names = (apps as readonly unknown[]).filter((name) => isLike(NAME, name));
    if (names.length === 0 || names.length < apps.length) return unknown('names in headgate.apps');
    return { kind: 'schedule', schedule: { bucket, region, apps: names } };
  }
  if (!isLike(NAME, app) || !isLike(NAME, environment)) {
    return unknown('headgate.app and headgate.environment');
  }
  if (rollback !== undefined) return readRollback({ bucket, region, app, environment }, rollback);
  const mark = readMark(event);
  if (mark !== undefined) return { kind: 'test', mark };
  const fired = readFired(event);
  if (fired === undefined) return unknown(`event: that of a "${DETAIL_TYPE}"`);
  return { kind: 'alarm', alarm: { bucket, region, app, environment, ...fired } };
}

/** Whoever may invoke the function chose every word of it. */
function readRollback(
  subject: Pick<RollbackRequest, 'bucket' | 'region' | 'app' | 'environment'>,
  asked: unknown,
): Call {
  const { to, reason, by } = fieldsOf(asked);
  if (to !== undefined && !isLike(BUILD, to)) return unknown('a build number in rollback.to');
  if (!isLine(reason) || !isLine(by)) return unknown('a line each in rollback.reason and by');
  return { kind: 'rollback', rollback: { ...subject, to, reason, by } };
}

/** In the place of the time, which CloudWatch never writes so. */
function readMark(event: unknown): string | undefined {
  const { state } = fieldsOf(fieldsOf(event)['detail']);
  const { timestamp } = fieldsOf(state);
  return typeof timestamp === 'string' && timestamp.startsWith(TEST_MARK) ? timestamp : undefined;
}

function readFired(event: unknown): Pick<AlarmCall, 'alarm' | 'firedAt'> | undefined {
  const { 'detail-type': type, region, detail } = fieldsOf(event);
  const { alarmName: name, state } = fieldsOf(detail);
  const { value, timestamp } = fieldsOf(state);
  if (type !== DETAIL_TYPE || !isLike(REGION, region) || !isLike(/./, name)) return undefined;
  if (value !== 'ALARM') return { alarm: { name, region }, firedAt: undefined };
  // CloudWatch writes 2026-01-02T03:04:05.678+0000.
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(at)) return undefined;
  return { alarm: { name, region }, firedAt: new Date(at).toISOString() };
}

function unknown(lacks: string): Call {
  return {
    kind: 'unknown',
    why: `the event lacks ${lacks}; see "The fast lane" in controller/README.md`,
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isLike(pattern: RegExp, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}
