import { RefusedError } from '../core/errors.ts';
import type { Place } from '../core/plan/change.ts';
import type { Context } from '../ports/context.ts';

interface Archived {
  readonly group: string;
  readonly hash: string;
  readonly archive: Place;
}

/** Code that was published before. */
export async function readArchived(
  { group, hash, archive }: Archived,
  context: Context,
): Promise<string> {
  const code = await context.archive(archive).read(hash);
  if (code !== undefined) return code;
  throw new RefusedError(
    `The code ${hash} of edge group ${group} is not in bucket ${archive.bucket} any more.`,
    'Restore that object, or publish other code: change the source, or `code:` in edge.yaml.',
  );
}
