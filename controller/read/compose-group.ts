import { UsageError } from '../core/errors.ts';
import type { EdgeFeature } from '../../edge/contract/features.ts';
import type { Context } from '../ports/context.ts';
import type { EdgeBundle } from '../ports/edge-bundler.ts';

/** Composes what a group's source asks for. Throws UsageError when `before` can't be read or used. */
export async function composeGroup(
  { bundler, files }: Pick<Context, 'bundler' | 'files'>,
  features: readonly EdgeFeature[],
  before: string | undefined,
): Promise<EdgeBundle> {
  if (before === undefined) return bundler.compose(features);
  const text = await files.readText(before);
  if (text !== undefined) return bundler.compose(features, { file: before, text });
  throw new UsageError(`before: there is no file ${before}`, 'Add it, or take `before` away.');
}
