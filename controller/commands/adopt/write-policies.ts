import type { AdoptPlan } from '../../core/adopt/plan.ts';
import { RefusedError, UsageError } from '../../core/errors.ts';
import type { Files } from '../../ports/files.ts';

interface Given {
  readonly directory: string;
  readonly isForced: boolean;
  /** `edge` undefined: the present one has the group. */
  readonly written: { readonly app: string; readonly edge: string | undefined };
}

/** The present edge.yaml gains a group at most; another policy of the app is nobody's to replace. */
export async function writePolicies(
  { facts: { app } }: AdoptPlan,
  { directory, isForced, written }: Given,
  files: Files,
): Promise<void> {
  const names = await files.list(directory);
  if (names === undefined) {
    throw new UsageError(`There is no directory ${directory}.`, `mkdir -p ${directory}`);
  }
  const file = `${app}.yaml`;
  if (names.includes(file) && !isForced) {
    throw new RefusedError(
      `${directory}/${file} is there already.`,
      'Without --out the policy is printed, to be copied by hand; --force replaces the file.',
    );
  }
  await files.writeText(`${directory}/${file}`, written.app);
  if (written.edge !== undefined) await files.writeText(`${directory}/edge.yaml`, written.edge);
}
