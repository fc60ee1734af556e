/** What a policy file may say of how builds are published. */
import { choice, list, map } from './fields.ts';
import { contentType } from './publish-values.ts';
import * as values from './values.ts';

const rule = map('Headers of the files that a pattern takes in.', {
  files: values.pathPattern
    .meta({ examples: ['/fonts/*'] })
    .describe('Which files of a build, as their URLs without a host.'),
  cache: choice(['immutable', 'mutable'])
    .describe(
      'immutable: browsers keep it for a year; mutable: they ask every time. HTML of a build and service workers are never immutable.',
    )
    .optional(),
  type: contentType
    .describe('Its content type, just as it is sent. With files: *.map they are no source maps.')
    .optional(),
});

export const headers = list(rule, { max: 20, of: 'entries' }).meta({
  examples: [[{ files: '/fonts/*', cache: 'immutable' }]],
});

export const layout = choice(['pool', 'tree']);

export const sourceMaps = choice(['private', 'public']);
