import * as z from 'zod';
import { list, map } from './fields.ts';
import { functionName, originPath, parameterName } from './adopted-values.ts';
import * as values from './values.ts';

export type WrittenAdopted = z.output<typeof adopted>;

/** Cookies of the versioned-deployment pattern: what `cookies: true` means. */
export const USUAL_COOKIES = { build: 'Build-Number', override: 'Override' } as const;

export const adopted = map(
  'What an earlier set-up left behind, and still counts here. Empty: only that visitors were there before, so the first exchange waits for the edges.',
  {
    cookies: z
      .union([
        z.literal(true),
        map('Cookies of other names.', {
          build: values.cookieName
            .meta({ examples: ['Build-Number'] })
            .describe("Names the page's build."),
          override: values.cookieName
            .meta({ examples: ['Override'] })
            .describe('Says that the build is an override.'),
        }),
      ])
      .meta({ expects: 'true, or a map of build, override', examples: [true] })
      .describe(
        'Cookies that go on counting: the build of a page for its files and, with preview: open, an override. true: Build-Number and Override.',
      )
      .optional(),
    activeBuildParameter: parameterName
      .describe(
        'SSM parameter, in the region of the app, that other tools read the active build from: written with every release and rollback.',
      )
      .optional(),
    replaces: list(functionName, { min: 1, max: 8, of: 'function names' })
      .describe(
        'Functions (CloudFront or Lambda@Edge) that reconcile takes off the behaviours in the write that puts its own there.',
      )
      .optional(),
    originPath: originPath
      .describe(
        'Origin path of the behaviours that served the app so far, without a slash at its end: in the same write they get the bucket as a whole as their origin.',
      )
      .optional(),
  },
);
