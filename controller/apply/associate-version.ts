import { ConflictError, UsageError } from '../core/errors.ts';
import { LAMBDA_EVENTS } from '../core/plan/function-names.ts';
import type { AssociateVersion } from '../core/plan/change.ts';
import type { Context } from '../ports/context.ts';

/** Puts the last published version on the behaviours; those that run it already are left alone. */
export async function associateVersion(change: AssociateVersion, context: Context): Promise<void> {
  const [version, distribution] = await Promise.all([
    context.lambdaCode.readLast(change.function),
    context.distributions.read(change.distribution),
  ]);
  if (version === undefined) {
    throw new UsageError(
      `The function ${change.function} has no published version, so no behaviour can run it.`,
      'Run `headgate reconcile` again: it publishes the edge code first.',
    );
  }
  if (distribution === undefined) {
    throw new ConflictError(`Distribution ${change.distribution} is gone.`);
  }
  const { arn } = version;
  const associations = distribution.behaviours
    .filter(({ pattern }) => change.patterns.includes(pattern))
    .filter(
      ({ lambdas, originPath }) =>
        lambdas.filter((lambda) => lambda.arn === arn).length < LAMBDA_EVENTS.length ||
        originPath === change.originPath,
    )
    .map(({ pattern }) => ({
      pattern,
      lambdaArn: arn,
      replaces: change.replaces ?? [],
      ...(change.originPath !== undefined && { originPath: change.originPath }),
    }));
  if (associations.length === 0) return;
  await context.distributions.associate(distribution.id, distribution.revision, associations);
  context.terminal.note(
    `Distribution ${distribution.id} deploys version ${arn.split(':').at(-1)} of ${change.function} now; until that is done, which takes minutes, edge locations run what they ran before.`,
  );
}
