/** What whole origins ask of a distribution's cache: answers of two of them may never mix. */
import { BUILD_HEADER } from '../../../edge/contract/route.ts';
import { EXIT } from '../errors.ts';
import type { AppPolicy } from '../policy/policy.ts';
import { servedBehaviours, type Behaviour, type Distribution } from './behaviours.ts';
import { REQUEST_PARTS } from './caching.ts';
import type { Refusal } from './plan.ts';

/** Every behaviour that may answer from an origin has the build in its key, or keeps nothing. */
export function checkCaching(distribution: Distribution, app: AppPolicy): readonly Refusal[] {
  return servedBehaviours(distribution, app).flatMap((behaviour) => {
    const problem = findProblem(behaviour);
    if (problem === undefined) return [];
    const { pattern } = behaviour;
    return [
      {
        exitCode: EXIT.unsafe,
        message: `behaviour ${pattern} of distribution ${distribution.id} ${problem.what}`,
        next: `${problem.next} Or give the behaviour a policy that caches nothing, such as Managed-CachingDisabled. Then run the command again.`,
      },
    ];
  });
}

function findProblem({ caching }: Behaviour): { what: string; next: string } | undefined {
  if (caching?.maximum === 0) return undefined;
  if (caching?.keyHeaders.includes(BUILD_HEADER) !== true) {
    return {
      what: `caches without ${BUILD_HEADER} in its key: visitors of one origin would get answers of another`,
      next: `Make a cache policy with ${BUILD_HEADER} among the headers of its key and a minimum TTL of 0, and give it to the behaviour.`,
    };
  }
  if (caching.minimum === 0) return undefined;
  return {
    what: `keeps every answer for ${caching.minimum} s, also those that an origin marks private or no-store`,
    next: 'Give it a cache policy with a minimum TTL of 0.',
  };
}

const ALL_METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/** What the origins of an app will miss; no reason to refuse, as they may not need it. */
export function explainCaching(distribution: Distribution, app: AppPolicy): readonly string[] {
  const { rootObject } = distribution;
  const notes = servedBehaviours(distribution, app).flatMap(({ pattern, methods, caching }) => {
    const name = `behaviour ${pattern}`;
    const lacks = REQUEST_PARTS.filter((part) => !caching?.forwarded.includes(part));
    const shared = REQUEST_PARTS.filter(
      (part) => caching?.forwarded.includes(part) && !caching.inKey.includes(part),
    );
    return [
      ...(ALL_METHODS.every((method) => methods.includes(method))
        ? []
        : [`${name} allows ${methods.join(', ')} only: origins get no other requests`]),
      ...(lacks.length === 0
        ? []
        : [
            `${name} keeps ${lacks.join(', ')} from origins; the origin request policy Managed-AllViewerExceptHostHeader passes them on`,
          ]),
      ...(shared.length === 0 || caching?.maximum === 0
        ? []
        : [
            `warning: ${name} caches, and ${shared.join(', ')} reach origins without being in its key: what it keeps is answered to all of them alike`,
          ]),
    ];
  });
  if (rootObject === '') return notes;
  const root = `origins get /${rootObject} in the place of /: distribution ${distribution.id} has it as its default root object`;
  return [root, ...notes];
}
