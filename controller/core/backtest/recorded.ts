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
  const read = readJson(text, z.union([recordSchema, z.object({ recorded: recordSchema })]));
  if ('problem' in read) return read;
  const { value } = read;
  const { transitions, states } = 'recorded' in value ? value.recorded : value;
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
  // Events of later versions are passed over by whoever looks for those that they know.
  return readJson(text, historySchema) as Read<readonly HistoryEntry[]>;
}

function readJson<Schema extends z.ZodType>(text: string, schema: Schema): Read<z.infer<Schema>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const read = schema.safeParse(value);
  if (read.success) return { value: read.data };
  const [issue] = read.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.');
  return { problem: `${place}: ${issue?.message ?? 'unknown'}` };
}
