/** A cron expression of EventBridge: what each field allows, in UTC. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 1 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
}

interface Field {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

const FIELDS = {
  minutes: { low: 0, high: 59 },
  hours: { low: 0, high: 23 },
  days: { low: 1, high: 31 },
  months: { low: 1, high: 12, names: MONTHS },
  weekdays: { low: 1, high: 7, names: WEEKDAYS },
  years: { low: 1970, high: 2199 },
} as const satisfies Record<keyof Cron, Field>;

/** `0/15 8-17 ? * MON-FRI *`; undefined: it is none, or uses `L`, `W` or `#`, which aren't imitated. */
export function readCron(text: string): Cron | undefined {
  const [minutes = '', hours = '', days = '', months = '', weekdays = '', years = '', ...more] =
    text.split(/\s+/);
  // One of the two says which days, the other one that it doesn't.
  if (more.length > 0 || (days === '?') === (weekdays === '?')) return undefined;
  const parsed = {
    minutes: readField(minutes, FIELDS.minutes),
    hours: readField(hours, FIELDS.hours),
    days: readField(days === '?' ? '*' : days, FIELDS.days),
    months: readField(months, FIELDS.months),
    weekdays: readField(weekdays === '?' ? '*' : weekdays, FIELDS.weekdays),
    years: readField(years, FIELDS.years),
  };
  return Object.values(parsed).includes(undefined) ? undefined : (parsed as Cron);
}

function readField(text: string, field: Field): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const ends = readRange(range, field, step !== undefined);
    const by = Number(step ?? 1);
    if (ends === undefined || by < 1) return undefined;
    for (const value of spread(ends, field)) {
      if (((value - ends.first + span(field)) % span(field)) % by === 0) values.add(value);
    }
  }
  return values;
}

interface Ends {
  readonly first: number;
  readonly last: number;
}

/** `20-2` goes over midnight; `5/10` goes on to the end. */
function readRange(text: string, field: Field, isStepped: boolean): Ends | undefined {
  if (text === '*') return { first: field.low, last: field.high };
  const [from, to, ...more] = text.split('-').map((one) => readNumber(one, field));
  if (from === undefined || more.length > 0) return undefined;
  if (text.includes('-')) return to === undefined ? undefined : { first: from, last: to };
  return { first: from, last: isStepped ? field.high : from };
}

function readNumber(text: string, { low, high, names = [] }: Field): number | undefined {
  const position = names.indexOf(text.toUpperCase());
  const value = position >= 0 ? position + low : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high ? value : undefined;
}

function spread({ first, last }: Ends, field: Field): readonly number[] {
  const count = ((last - first + span(field)) % span(field)) + 1;
  return Array.from(
    { length: count },
    (_, index) => field.low + ((first - field.low + index) % span(field)),
  );
}

function span({ low, high }: Field): number {
  return high - low + 1;
}

/** Whether the schedule names this minute. */
export function matchesCron(cron: Cron, time: Date): boolean {
  return (
    cron.minutes.has(time.getUTCMinutes()) &&
    cron.hours.has(time.getUTCHours()) &&
    cron.days.has(time.getUTCDate()) &&
    cron.months.has(time.getUTCMonth() + 1) &&
    cron.weekdays.has(time.getUTCDay() + 1) &&
    cron.years.has(time.getUTCFullYear())
  );
}
