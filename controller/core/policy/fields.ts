/** Schemas of several values, each with what a message says of it. */
import * as z from 'zod';

export function map<T extends z.core.$ZodShape>(description: string, shape: T) {
  const expects = `a map of ${Object.keys(shape).join(', ')}`;
  return z.strictObject(shape).meta({ description, expects });
}

export function list<T extends z.ZodType>(
  item: T,
  { min = 0, max, of }: { readonly min?: number; readonly max: number; readonly of: string },
) {
  const expects = `a list of ${min === 0 ? 'at most' : `${min} to`} ${max} ${of}`;
  return z.array(item).min(min).max(max).meta({ expects });
}

export function choice<const T extends readonly [string, ...string[]]>(options: T) {
  const expects = options.length > 1 ? `one of ${options.join(', ')}` : options[0];
  return z.enum(options).meta({ expects, examples: [options[0]] });
}

export function flag(example: boolean) {
  return z.boolean().meta({ expects: 'true or false', examples: [example] });
}
