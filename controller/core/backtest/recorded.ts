/** Alarm records and histories in files. */
import * as z from 'zod';
import type { HistoryEntry } from '../state/record.ts';
import type { AlarmRecord } from './alarm-record.ts';

const time = z.iso.datetime({ offset: true });
const alarm = { name: z.string().min(1), region: z.string().min(1) };
const stateName = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);

const recordSchema = z.object({
  transitions: z.array(
    z.object({
      ...alarm,
      at: time,
      from: stateName,
      to: stateName,
      reason: z.string().default(''),
    }),
  ),
  states: z
    .array(
      z.object({
        ...alarm,
        state: z.enum([...stateName.options, 'missing', 'unreadable']),
        since: time.optional(),
        reason: z.string().default(''),
        seesCanary: z.literal(true).optional(),
        countsReports: z.literal(true).optional(),
      }),
    )
    .default([]),
});

const historySchema = z.array(
  z.looseObject({
    generation: z.number().int(),
    at: time,
    by: z.string(),
    event: z.string(),
    why: z.string(),
    from: z.string(),
    to: z.string(),
    evidence: z.array(z.string()),
  }),
);

type Read<Value> = { readonly value: Value } | { readonly problem: string };

/** The record itself, or all that `headgate backtest --json` printed. */
export function readAlarmRecord(text: string): Read<AlarmRecord> {
  const read = readJson(text, (value) => {
    const whole = z.object({ recorded: z.unknown() }).safeParse(value);
    return recordSchema.safeParse(whole.success ? whole.data.recorded : value);
  });
  if ('problem' in read) return read;
  const { transitions, states } = read.value;
  const ordered = transitions.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const known = states.map(({ since, seesCanary, countsReports, ...state }) => ({
    ...state,
    since,
    ...(seesCanary && { seesCanary }),
    ...(countsReports && { countsReports }),
  }));
  return { value: { transitions: ordered, states: known } };
}

/** What `headgate history --json` printed. */
export function readHistory(text: string): Read<readonly HistoryEntry[]> {
  const read = readJson(text, (value) => historySchema.safeParse(value));
  // Events of later versions are passed over by whoever looks for those that they know.
  return 'problem' in read ? read : { value: read.value as readonly HistoryEntry[] };
}

function readJson<Value>(
  text: string,
  parse: (value: unknown) => z.ZodSafeParseResult<Value>,
): Read<Value> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const read = parse(value);
  if (read.success) return { value: read.data };
  const [issue] = read.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'the whole' : issue.path.join('.');
  return { problem: `${place}: ${issue?.message ?? 'unknown'}` };
}
