import { UsageError } from '../core/errors.ts';
import type { EdgeFeature } from '../../edge/contract/features.ts';
import type { Context } from '../ports/context.ts';
import type { PublishVersion } from '../core/plan/change.ts';
import type { BeforeCode, EdgeBundle, EdgeFunctionCode } from '../ports/edge-bundler.ts';

/** Composes what a group's source asks for. Throws UsageError when `before` can't be read or used. */
export async function composeGroup(
  { bundler, files }: Composing,
  features: readonly EdgeFeature[],
  before: string | undefined,
): Promise<EdgeBundle> {
  return bundler.compose(features, await readBefore(files, before));
}

/** The same for a Lambda@Edge group. */
export async function composeLambda(
  { bundler, files }: Composing,
  { features, config, before }: NonNullable<PublishVersion['source']>,
): Promise<EdgeFunctionCode> {
  return bundler.composeLambdaEdge(features, config, await readBefore(files, before));
}

type Composing = Pick<Context, 'bundler' | 'files'>;

async function readBefore(
  files: Context['files'],
  before: string | undefined,
): Promise<BeforeCode | undefined> {
  if (before === undefined) return undefined;
  const text = await files.readText(before);
  if (text !== undefined) return { file: before, text };
  throw new UsageError(`before: there is no file ${before}`, 'Add it, or take `before` away.');
}
