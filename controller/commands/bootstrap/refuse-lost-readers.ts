import { isReading, listForeignReaders } from '../../core/deployment/foreign-readers.ts';
import { RefusedError } from '../../core/errors.ts';
import type { Template } from '../../core/infrastructure/template.ts';
import type { Context } from '../../ports/context.ts';

interface Move {
  readonly before: Template | undefined;
  /** undefined: the stack goes. */
  readonly after?: Template;
  /** What to do about it. */
  readonly next: string;
}

/**
 * A distribution of somebody else may read a bucket of ours by its bucket policy: one that was adopted, or ejected and taken out
 * of the policies. Without the policy its visitors get errors.
 */
export async function refuseLostReaders(
  { before, after, next }: Move,
  { distributions }: Pick<Context, 'distributions'>,
): Promise<void> {
  const still = after === undefined ? [] : listForeignReaders(after);
  const lost = (before === undefined ? [] : listForeignReaders(before)).filter(
    (one) => !still.some(({ distribution }) => distribution === one.distribution),
  );
  for (const reader of lost) {
    if (!isReading(await distributions.read(reader.distribution), reader)) continue;
    throw new RefusedError(
      `Distribution ${reader.distribution} isn't of this stack, and may read ${reader.bucket} only by the policy that the stack gives the bucket: without it, visitors get errors.`,
      next,
    );
  }
}
