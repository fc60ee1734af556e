import { ConflictError, UsageError } from '../core/errors.ts';
import type { Associate } from '../core/plan/change.ts';
import type { Context } from '../ports/context.ts';
import { settle } from './settle.ts';

/** Puts the two functions on the behaviours that lack them, in the place of those they replace; nothing else changes. */
export async function associate(change: Associate, context: Context): Promise<void> {
  const [request, response, distribution] = await Promise.all([
    readArn(change.requestFunction, context),
    readArn(change.responseFunction, context),
    context.distributions.read(change.distribution),
  ]);
  if (distribution === undefined) {
    throw new ConflictError(`Distribution ${change.distribution} is gone.`);
  }
  if (change.settles) {
    // Either of the two is enough to be served. After the read: who changes the distribution meanwhile, like an ejection,
    // makes this a conflict.
    await settle(
      `Waiting until the edges have route and floor, before distribution ${distribution.id} goes over to them`,
      context,
    );
  }
  const associations = change.patterns.map((pattern) => ({
    pattern,
    viewerRequestArn: request,
    viewerResponseArn: response,
    replaces: change.replaces ?? [],
    ...(change.originPath !== undefined && { originPath: change.originPath }),
  }));
  await context.distributions.associate(distribution.id, distribution.revision, associations);
}

async function readArn(name: string, context: Context): Promise<string> {
  const live = await context.edgeCode.readLive(name);
  if (live !== undefined) return live.arn;
  throw new UsageError(
    `The function ${name} is not published, so no behaviour can run it.`,
    'Run `headgate reconcile` again: it publishes the edge code first.',
  );
}
