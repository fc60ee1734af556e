/** What a policy file may say of an environment's gate. */
import * as z from 'zod';
import { flag, list, map } from './fields.ts';
import * as values from './values.ts';

const PATTERNS = { max: 8, of: 'path patterns' };

const priority = map('Visitors who need not wait.', {
  cookie: values.cookieName
    .meta({ examples: ['shop_priority'] })
    .describe(
      'Cookie that carries a priority token, as `headgate priority` makes them; not `hg_...`.',
    ),
  since: z
    .int()
    .min(1)
    .meta({ expects: 'a generation of tokens, a whole number from 1', examples: [1] })
    .describe('Tokens of earlier generations are revoked.')
    .default(1),
});

const bypass = map('What passes the gate unasked: a path or a header.', {
  path: values.pathPattern
    .meta({ examples: ['/health'] })
    .describe('Paths that pass, like those of exclude.')
    .optional(),
  header: values.headerName
    .describe('A header whose presence passes. Whoever knows its name can send it.')
    .optional(),
});

export const gate = map('Who gets in at all.', {
  protect: list(values.pathPattern.meta({ examples: ['/shop/*'] }), {
    min: 1,
    ...PATTERNS,
  }).describe('Paths that only admitted visitors get.'),
  exclude: list(values.pathPattern.meta({ examples: ['/shop/help/*'] }), PATTERNS)
    .describe('Exceptions from these.')
    .default([]),
  accepting: flag(true)
    .describe('false: nobody new without priority; admitted visitors stay.')
    .default(true),
  rate: values.share
    .describe('Share of visitors that gets in. Raising it sends nobody away.')
    .default('100%'),
  priority: priority.optional(),
  bypass: list(bypass, { max: 8, of: 'maps of path or header' })
    .meta({ examples: [[{ path: '/health' }, { header: 'x-probe' }]] })
    .describe('Requests that pass unasked, such as health checks.')
    .default([]),
  page: values.pagePath.describe('The waiting page, below the pages of the app.'),
  status: z
    .literal([200, 202, 429])
    .meta({ expects: 'one of 200, 202, 429', examples: [429] })
    .describe('Status of the waiting page.')
    .default(429),
  idle: values.positiveDuration
    .meta({ examples: ['30m'] })
    .describe('An admitted visitor without a request for this long waits again.')
    .default('30m'),
  cap: values.positiveDuration
    .meta({ examples: ['12h'] })
    .describe('And after this long in any case.')
    .default('12h'),
  failOpenUntil: values.time
    .describe(
      'Until this time faults let people in: whoever presents a well-formed token while keys are unreadable, everyone while the route is. Later, or without it, those whom `rate` lets in while keys are unreadable, and nobody while the route is.',
    )
    .optional(),
});
