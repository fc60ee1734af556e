import * as z from 'zod';

/** A value that is one text: `expects` completes "... is not <expects>". */
export function text(pattern: RegExp, expects: string, example: string): z.ZodString {
  return z
    .string()
    .regex(pattern)
    .meta({ expects, examples: [example] });
}
