/** What a policy file may say of an environment's release. */
import { z } from 'zod';
import { choice, list, map } from './fields.ts';
import { hold } from './release-values.ts';
import * as values from './values.ts';

const step = map('One step of a rollout.', {
  weight: values.weight.describe('Share of visitors that get the new build; grows step by step.'),
  hold: hold.describe(
    'How long the step lasts before the next one; approval: until `approved` names it.',
  ),
});

const requirement = map('Another environment of the app.', {
  environment: values.environmentName.meta({ examples: ['staging'] }).describe('Its name.'),
  baked: values.duration
    .meta({ examples: ['1h'] })
    .describe('How long everyone there must have had the build, without a break.'),
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
