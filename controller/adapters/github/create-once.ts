import { readFailure } from './failure.ts';

/** For requests that must not simply be sent again: what they create would be there twice. */
export const NO_RETRIES = { request: { retries: 0 } } as const;

/**
 * Creates one thing, though the answer to its creation may be lost: then it is looked for, and created again
 * only if it isn't there.
 */
export async function createOnce<T>(
  create: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<T> {
  try {
    return await create();
  } catch (error) {
    const status = readFailure(error)?.status;
    const isUnanswered = status !== undefined && (status === 0 || status >= 500);
    if (!isUnanswered) throw error;
    return (await find()) ?? (await create());
  }
}
