import type { AlarmTransition } from '../../../../core/backtest/alarm-record.ts';
import { observe } from '../observe.ts';
import type { MeasurePart, PartRun } from '../part-run.ts';
import { waitFor } from '../wait.ts';
import { createAlarms, type ScratchAlarms } from './scratch-alarms.ts';
import { watchAlarms, type Watched } from './watch.ts';

const ATTEMPTS = 3;
const IDS = [
  'alarm-complete-periods',
  'alarm-looks-back',
  'alarm-too-few',
  'alarm-moment',
  'composite-moment',
];

/** When and from what alarms conclude, on a metric with one datum. */
export const measureAlarms: MeasurePart = async (clients, run) => {
  const { scratch, say, add } = run;
  const create = (attempt: number) => createAlarms(clients.cloudwatch, scratch, attempt);
  add(await observe('not-binds-first', () => readRules(create(0), run)));
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const watched = await watchAlarms(create(attempt), run);
    if (watched !== undefined) {
      for (const id of IDS) add(await observe(id, async () => judge(id, watched, run.minute)));
      return;
    }
    say('this machine was too late to see it: once more');
  }
  throw new Error(`this machine was too late ${ATTEMPTS} times`);
};

/** Each is true as it is assumed to be read, and false from left to right or with the other first. */
const RULES = { not: 'NOT FALSE OR TRUE', and: 'TRUE OR TRUE AND FALSE' };

async function readRules(alarms: ScratchAlarms, { signal, minute }: PartRun) {
  const states: string[] = [];
  for (const [suffix, rule] of Object.entries(RULES)) {
    await alarms.putComposite(suffix, rule);
    const state = await waitFor(
      async () => {
        const seen = await alarms.stateOf(suffix);
        return seen === 'INSUFFICIENT_DATA' ? undefined : seen;
      },
      { signal, pause: minute / 60, most: 2 * minute },
    );
    if (state === undefined) throw new Error(`${rule} is never evaluated`);
    states.push(`${rule}: ${state}`);
  }
  return [states.every((text) => text.endsWith(': ALARM')), states.join(', ')] as const;
}

type Judgement = readonly [holds: boolean, evidence: string];

function judge(id: string, watched: Watched, minute: number): Judgement {
  const { end, one, above, after, three } = watched;
  const begun = find(one, 'ALARM');
  const inMinutes = (milliseconds: number) => (milliseconds / minute).toFixed(2);
  const since = (time: number) => `${inMinutes(time - end)} min after the minute of its datum`;
  switch (id) {
    case 'alarm-complete-periods':
      return [begun >= end, `ALARM ${since(begun)}`];
    case 'alarm-looks-back': {
      const gone = find(one, 'INSUFFICIENT_DATA', 'ALARM');
      // Three: the one period that it needs, and two more. CloudWatch is as late at either end.
      const isThree = Math.round((gone - begun) / minute) === 3;
      return [isThree, `ALARM ${since(begun)}, no more data ${since(gone)}`];
    }
    case 'alarm-too-few': {
      const at = Date.parse(three.at);
      const isOld = at >= end + 2 * minute;
      return [three.to === 'ALARM' && isOld, `3 of 3, one datum: OK to ${three.to} ${since(at)}`];
    }
    case 'alarm-moment': {
      const taken = find(after, 'ALARM') - watched.putAfter;
      return [taken <= minute, `ALARM ${inMinutes(taken)} min after it was put`];
    }
    default: {
      const behind = find(above, 'ALARM') - begun;
      return [behind < minute / 6, `${inMinutes(behind)} min after the alarm in its rule`];
    }
  }
}

function find(transitions: readonly AlarmTransition[], to: string, from?: string): number {
  const found = transitions.find(
    (one) => one.to === to && (from === undefined || one.from === from),
  );
  if (found === undefined) throw new Error(`it never went to ${to}`);
  return Date.parse(found.at);
}
