import { RefusedError } from '../../core/errors.ts';
import { withSetup } from '../../core/infrastructure/facts.ts';
import { idOfEnvironment, ownEnvironments } from '../../core/infrastructure/scope.ts';
import { isBucket } from '../../core/plan/replaced.ts';
import type { Policies } from '../../core/policy/policy.ts';
import type { Context } from '../../ports/context.ts';

/** A distribution that serves visitors would ask another bucket, which has none of its builds. */
export async function refuseOtherBucket(
  policies: Policies,
  { distributions }: Pick<Context, 'distributions'>,
): Promise<void> {
  for (const subject of ownEnvironments(withSetup({ policies, live: {} }))) {
    const { app, environment } = subject;
    const { distribution } = environment.edge;
    const live = distribution === '' ? undefined : await distributions.read(distribution);
    const main = live?.behaviours.at(-1);
    // Without a function nothing was released.
    const isServing = main?.viewerRequestArn !== undefined || (main?.lambdas.length ?? 0) > 0;
    if (main === undefined || !isServing || isBucket(main, app)) continue;
    throw new RefusedError(
      `Distribution ${distribution} of ${idOfEnvironment(subject)} serves from ${main.originDomain}, and would ask bucket ${app.bucket} instead, for builds that aren't there.`,
      `Leave \`bucket\` of ${app.app} as it is; or, if its builds, pool, pages and record are there by now, add --allow-replace.`,
    );
  }
}
