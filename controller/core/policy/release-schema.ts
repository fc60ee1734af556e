/** What a policy file may say of an environment's release. */
import * as z from 'zod';
import { choice, list, map } from './fields.ts';
import { hold, requestPath } from './release-values.ts';
import * as values from './values.ts';

const step = map('One step of a rollout.', {
  weight: values.weight.describe('Share of visitors that get the new build; grows step by step.'),
  hold: hold.describe(
    'How long the step lasts before the next one; approval: until `approved` names it.',
  ),
  minVisitors: z
    .int()
    .min(1)
    .max(1_000_000)
    .meta({ expects: 'a whole number from 1 to 1000000', examples: [500] })
    .describe('The step also waits until so many visitors got the build. Needs `guard.beacon`.')
    .optional(),
});

const requirement = map('Another environment of the app.', {
  environment: values.environmentName.meta({ examples: ['staging'] }).describe('Its name.'),
  baked: values.duration
    .meta({ examples: ['1h'] })
    .describe('How long everyone there must have had the build, without a break.'),
});

const check = map('A request to the first host, with a preview of the build.', {
  path: requestPath.describe('What is asked for. GET, and no redirects are followed.'),
  status: z
    .int()
    .min(200)
    .max(599)
    .meta({ expects: 'an HTTP status, 200 to 599', examples: [200] })
    .describe('The status it must answer with.')
    .default(200),
  contains: values
    .sentence(200, 'a text', '<div id="app"')
    .describe('What must be in the body.')
    .optional(),
});

export const release = map('Which build, and how it gets to everyone.', {
  build: values.build.describe('The build everyone should get. Always in quotes.'),
  strategy: choice(['canary', 'linear', 'all-at-once'])
    .describe(
      'Ready-made steps, in the place of `steps`. canary: 10% for 20m, then everyone. ' +
        'linear: 20% more every 6m, bake 30m. all-at-once: everyone.',
    )
    .optional(),
  steps: list(step, { max: 20, of: 'steps' })
    .describe('Shares of visitors on the way to everyone. None, and no strategy: everyone at once.')
    .default([]),
  approved: map('Lets one rollout past steps that hold for approval.', {
    build: values.build.describe('The build of the rollout. Always in quotes.'),
    rollout: z
      .int()
      .min(1)
      .meta({ expects: 'the generation of a rollout, a whole number from 1', examples: [57] })
      .describe('Generation that the rollout began with, as `headgate plan` prints it.'),
    weight: values.weight.describe('The step that is approved, and those before it.'),
  }).optional(),
  approvalDeadline: values.positiveDuration
    .meta({ examples: ['7d'] })
    .describe('How long a step waits for an approval before it is rolled back.')
    .default('7d'),
  smoke: list(check, { max: 10, of: 'checks' })
    .meta({ examples: [[{ path: '/' }]] })
    .describe(
      'Before the first step, and at the end of each: what the build must answer to go further. Needs previews.',
    )
    .default([]),
  requires: list(requirement, { max: 5, of: 'environments' })
    .meta({ examples: [[{ environment: 'staging', baked: '1h' }]] })
    .describe('Where the build must have served everyone before it starts here.')
    .default([]),
  fastTrack: values.positiveDuration
    .meta({ examples: ['7d'] })
    .describe(
      'A build that was stable here so long ago at most skips steps and requires. Left out: none does.',
    )
    .optional(),
  bake: values.duration
    .describe(
      'How long the guard stays armed after everyone has the build. Left out: 10m; 30m with strategy: linear.',
    )
    .optional(),
  keep: z
    .int()
    .min(0)
    .max(5)
    .meta({ expects: 'a whole number from 0 to 5', examples: [3] })
    .describe('How many builds served before stay reachable for pages that are still open.')
    .default(3),
  sticky: choice(['visitor', 'session'])
    .meta({ examples: ['session'] })
    .describe(
      'What keeps its build: the visitor for the whole rollout, or each session, drawn anew.',
    )
    .default('visitor'),
  sessionIdle: values.positiveDuration
    .describe('Only with sticky: session. Time without a page that ends a session. Left out: 10m.')
    .optional(),
});
