import { readCron, type Cron } from './cron.ts';

/** When a rule runs by itself. */
export type Schedule =
  | { readonly kind: 'rate'; readonly minutes: number }
  | { readonly kind: 'cron'; readonly cron: Cron };

const MINUTES = { minute: 1, hour: 60, day: 24 * 60 } as const;

/** `rate(5 minutes)`, `cron(0 10 * * ? *)`; undefined: it is neither. */
export function readSchedule(expression: string): Schedule | undefined {
  const [, kind = '', inner = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'cron') {
    const cron = readCron(inner);
    return cron && { kind, cron };
  }
  const [, number = '', unit = '', plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(inner) ?? [];
  const value = Number(number);
  // `rate(1 minutes)` and `rate(5 minute)` are not valid.
  if (kind !== 'rate' || !(value > 0) || value > 1 !== (plural === 's')) return undefined;
  return { kind, minutes: value * MINUTES[unit as keyof typeof MINUTES] };
}
