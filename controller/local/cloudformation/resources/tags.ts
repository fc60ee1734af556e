import * as z from 'zod';

/** Kept by the stack, and told to no service. */
export const Tags = z
  .array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) }))
  .max(50)
  .optional();
