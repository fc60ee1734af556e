/** What a policy file may say of the times when nothing goes forward. */
import { map } from './fields.ts';
import { instant, week, zone } from './release-values.ts';
import * as values from './values.ts';

export const freeze = map('A window: from and to, or weekly and zone.', {
  from: instant.describe('When it opens.').optional(),
  to: instant
    .meta({ examples: ['2027-01-03T00:00+01:00'] })
    .describe('When it ends.')
    .optional(),
  weekly: week.describe('From when to when, every week, in the time of the zone.').optional(),
  zone: zone.describe('Whose clocks a weekly window goes by, summer time included.').optional(),
  reason: values.sentence(200, 'a reason', 'holidays').describe('Why; plan and status say it.'),
});
