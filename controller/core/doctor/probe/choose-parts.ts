import { UsageError } from '../../errors.ts';
import type { Part } from './part.ts';
import { PARTS } from './parts.ts';

export interface Choice {
  /** Beside the usual ones: names, or `all`. */
  readonly also: string | undefined;
  /** In their place. */
  readonly only: string | undefined;
}

/** `{ also: 'roles,table' }` -> the usual parts, and those two. */
export function chooseParts({ also, only }: Choice): readonly Part[] {
  if (also !== undefined && only !== undefined) {
    throw new UsageError('--probe-also and --probe-only exclude each other.', 'Write one of them.');
  }
  const named = (also ?? only)?.split(',').map((name) => name.trim()) ?? [];
  const names: readonly string[] = PARTS.map(({ name }) => name);
  const wrong = named.find((name) => name !== 'all' && !names.includes(name));
  if (wrong !== undefined) {
    throw new UsageError(
      `--probe has no part "${wrong}".`,
      `It has ${names.join(', ')}; all means all of them.`,
    );
  }
  return PARTS.filter(({ name, isUsual }) => {
    const isNamed = named.includes(name) || named.includes('all');
    return isNamed || (isUsual && only === undefined);
  });
}
