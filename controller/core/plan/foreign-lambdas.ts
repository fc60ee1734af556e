import { isStandalone, LEFT_BEHIND } from '../eject/standalone.ts';
import type { EnvironmentPolicy } from '../policy/policy.ts';
import type { Behaviour } from './behaviours.ts';
import { LAMBDA_EVENTS, lambdaName } from './function-names.ts';
import { isNamed } from './replaced.ts';

/** The way out, where the function is that of a group of ours with the other runtime. */
export const RUNTIME_STAYS =
  "A live environment can't change its runtime: make a new environment with a distribution of its own, and point the hosts there";

/** Of another function: a behaviour runs one per event, and no CloudFront Function beside Lambda@Edge on viewer events. */
export function checkForeignLambdas(
  served: readonly Behaviour[],
  { distribution, group }: EnvironmentPolicy['edge'],
): string[] {
  const own = [lambdaName(group)];
  return served.flatMap((behaviour) => {
    const place = `behaviour ${behaviour.pattern} of distribution ${distribution} already runs`;
    const functions = [behaviour.viewerRequestArn, behaviour.viewerResponseArn];
    const foreign = behaviour.lambdas.filter(
      ({ event, arn }) => isOurEvent(event) && !isNamed(arn, own),
    );
    return [
      ...functions.flatMap((arn) => (arn === undefined ? [] : refuseFunction(place, arn))),
      ...foreign.map(
        ({ event, arn }) =>
          `${place} ${event} ${arn}, and CloudFront allows one function per event: take it off that behaviour, ` +
          'and compose what it does at viewer-request in with `before` in edge.yaml; ' +
          'or name it in `adopted: { replaces: [...] }`, and reconcile puts ours in its place',
      ),
    ];
  });
}

function refuseFunction(place: string, arn: string): string {
  const mixing = `${place} ${arn}, and CloudFront runs no CloudFront Function beside Lambda@Edge on viewer events`;
  if (isStandalone(arn)) return `${mixing}${LEFT_BEHIND}`;
  // A former group of ours: its route lives in a KeyValueStore, and the distribution serves from it.
  return /:function\/headgate-.*-(request|response)$/.test(arn)
    ? `${mixing}. ${RUNTIME_STAYS}`
    : `${mixing}: take it off that behaviour, and compose what it does in with \`before\` in edge.yaml`;
}

function isOurEvent(event: string): boolean {
  return LAMBDA_EVENTS.some((one) => one === event);
}
