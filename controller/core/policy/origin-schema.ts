/** What a policy file may say of whole origins. */
import * as z from 'zod';
import { map } from './fields.ts';
import * as values from './values.ts';

const origin = map('An origin of the distribution by its id, or a server by its URL.', {
  id: values.originId
    .describe('The id of an origin that every distribution of the app has.')
    .optional(),
  url: values.originUrl
    .describe('Where it answers. Paths of requests are put behind it. Lambda@Edge groups need it.')
    .optional(),
}).meta({ examples: [{ url: 'https://green.example.com' }] });

export const origins = z.record(values.originName, origin).meta({
  description: 'Whole origins, by the name that stands in the place of a build number.',
  expects: 'a map of origin names to origins',
  examples: [{ blue: { id: 'blue-app' }, green: { url: 'https://green.example.com' } }],
});

export type WrittenOrigins = z.output<typeof origins>;
