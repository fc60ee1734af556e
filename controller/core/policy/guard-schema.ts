/** What a policy says of the guard. */
import * as z from 'zod';
import { choice, list, map } from './fields.ts';
import * as values from './values.ts';

const alarm = map('A CloudWatch alarm, metric or composite.', {
  name: values.sentence(255, 'an alarm name', 'shop-prod-errors').describe('Name of the alarm.'),
  region: values.region
    .describe('Region of the alarm. Left out: the region of the app.')
    .optional(),
});

const reset = map('Lifts the breaker once.', {
  rollback: z
    .int()
    .min(1)
    .meta({ expects: 'the generation of a rollback, a whole number from 1', examples: [57] })
    .describe('Generation of the last rollback, as the plan prints it.'),
  reason: values
    .sentence(200, 'a reason', 'the load test is over')
    .describe('Why releases may go on; goes into the history.'),
});

const breaker = map('Stops releases where they keep failing.', {
  rollbacks: z
    .int()
    .min(0)
    .max(20)
    .meta({ expects: 'a whole number from 0 to 20', examples: [3] })
    .describe(
      'After so many rollbacks by the guard within a day no rollout starts until the breaker is lifted. 0: never.',
    )
    .default(3),
  lift: reset.optional(),
});

export const guard = map('What rolls a release back.', {
  alarms: list(alarm, { max: 20, of: 'alarms' })
    .describe('These in ALARM during rollout or bake roll back. None: nothing does.')
    .default([]),
  needed: z
    .int()
    .min(1)
    .max(20)
    .meta({ expects: 'a whole number from 1 to 20', examples: [1] })
    .describe(
      'How many of them must have been in ALARM since the rollout began. One that is in ALARM now holds it anyway.',
    )
    .default(1),
  coolDown: values.duration
    .meta({ examples: ['5m'] })
    .describe(
      'How long every alarm must have been OK before a rollout starts or moves on: against flapping.',
    )
    .default('0s'),
  noData: choice(['hold', 'pass', 'rollback'])
    .describe(
      'What an alarm without data, missing or unreadable, means: wait, go on, or roll back.',
    )
    .default('hold'),
  deadline: values.positiveDuration
    .meta({ examples: ['1d'] })
    .describe('How long a step or a bake that is over waits for the alarms before it rolls back.')
    .default('1d'),
  breaker: breaker.prefault({}),
  beacon: choice(['hold', 'rollback'])
    .describe(
      "What a canary does whose visitors' browsers report more errors than those of stable: hold, or roll back " +
        'on that alone, which anybody can forge. Left out: they are not asked.',
    )
    .optional(),
});
