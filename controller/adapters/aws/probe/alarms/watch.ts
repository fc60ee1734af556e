import { setTimeout as sleep } from 'node:timers/promises';
import type { AlarmTransition } from '../../../../core/backtest/alarm-record.ts';
import type { PartRun } from '../part-run.ts';
import { waitFor } from '../wait.ts';
import type { ScratchAlarms } from './scratch-alarms.ts';

/** What alarms did about the one datum of their metric, which breaches. Times are milliseconds since 1970. */
export interface Watched {
  /** Of the datum's minute. */
  readonly end: number;
  /** Of one minute, put before the datum: to ALARM, and back. */
  readonly one: readonly AlarmTransition[];
  /** The composite alarm above it. */
  readonly above: readonly AlarmTransition[];
  /** Of one minute, put when the datum's was over. */
  readonly after: readonly AlarmTransition[];
  readonly putAfter: number;
  /** Of three minutes, put then, and set to OK: what it did next. */
  readonly three: AlarmTransition;
}

/** Of a minute: early enough in it, so that whoever looks before its end is seen. */
const EARLY = 0.1;
const MOST_MINUTES = 12;

/** Undefined: this machine was too late to see it. */
export async function watchAlarms(
  alarms: ScratchAlarms,
  { minute, signal, say }: Pick<PartRun, 'minute' | 'signal' | 'say'>,
): Promise<Watched | undefined> {
  const until = (time: number) => sleep(Math.max(0, time - Date.now()), undefined, { signal });
  await alarms.put('one', 1);
  await alarms.putComposite('above', `ALARM("${alarms.name('one')}")`);
  const start = (Math.floor(Date.now() / minute) + 1) * minute;
  const end = start + minute;
  await until(start + EARLY * minute);
  await alarms.breach(start + EARLY * minute);
  if (Date.now() >= end) return undefined;
  say('six minutes of alarms begin');
  await until(end + EARLY * minute);
  await alarms.put('after', 1);
  const putAfter = Date.now();
  await alarms.put('three', 3);
  await alarms.setOk('three');
  if (Date.now() >= end + minute) return undefined;
  const patience = { signal, pause: minute / 12, most: MOST_MINUTES * minute };
  const one = await waitFor(async () => {
    const seen = await alarms.transitions('one');
    return seen.some(({ from }) => from === 'ALARM') ? seen : undefined;
  }, patience);
  const three = await waitFor(
    async () => (await alarms.transitions('three')).find(({ from }) => from === 'OK'),
    patience,
  );
  if (one === undefined || three === undefined) throw new Error('the alarms did nothing');
  const [above, after] = [await alarms.transitions('above'), await alarms.transitions('after')];
  return { end, one, above, after, putAfter, three };
}
