import { ROUTE_BYTES_LIMIT, type BuildRef } from '../../../edge/contract/route.ts';
import { EXIT } from '../errors.ts';
import type { Decision, Move } from '../rollout/decision.ts';
import { rollBackRoute } from '../state/roll-back.ts';
import { isNewerVersion, parseRoute, renderRoute } from '../state/route.ts';
import { storeOf } from '../policy/policy.ts';
import { fromRef } from '../state/build.ts';
import { keys } from '../state/keys.ts';
import { listAllNamed } from '../state/origins.ts';
import { checkCaching } from './behaviours-cache.ts';
import { checkBehaviours } from './check-behaviours.ts';
import { nameStore } from './describe.ts';
import { norOrigin, usesOrigins } from './origins.ts';
import { foreignOwner, nextGeneration, type EnvironmentFacts } from './facts.ts';
import type { Refusal } from './plan.ts';

/** The distribution, as the policy needs it. */
export function checkSurroundings(facts: EnvironmentFacts): readonly Refusal[] {
  const { app, environment, distribution: found } = facts;
  if (found !== undefined) {
    const caching = usesOrigins(app, facts.adoption.record) ? checkCaching(found, app) : [];
    return [...checkBehaviours(found, facts), ...caching];
  }
  const { distribution } = environment.edge;
  return [
    {
      exitCode: EXIT.usage,
      message: `there is no distribution ${distribution} in this account`,
      next: 'Correct edge.distribution in the policy, or use the credentials of its account.',
      place: { file: facts.app.file, line: facts.environment.release.line },
    },
  ];
}

/** A signed link could not be opened, and nobody who gets in could be remembered. */
export function checkKeys(facts: EnvironmentFacts): readonly Refusal[] {
  const { preview, gate, name } = facts.environment;
  const users = [
    ...(preview.access === 'signed' ? ['preview.access: signed'] : []),
    ...(gate === undefined ? [] : ['the gate']),
  ];
  if (facts.hasKeys || users.length === 0) return [];
  const verb = users.length === 1 ? 'needs' : 'need';
  return [
    {
      exitCode: EXIT.usage,
      message: `${users.join(' and ')} ${verb} signing keys, and ${nameStore(facts.store)} has none for ${facts.app.app}/${name}`,
      next: `Make them: headgate keys rotate ${facts.app.app} ${name}`,
    },
  ];
}

/** A host whose key carries another environment's route is theirs until they give it up. */
export function checkHosts(facts: EnvironmentFacts): readonly Refusal[] {
  if (facts.store === undefined) return checkVersion(facts);
  return [...facts.live.values.keys()].flatMap((host) => {
    const owner = foreignOwner(facts, host);
    if (owner === undefined) return [];
    const message = `the live route of ${host} belongs to ${owner}`;
    const next =
      `Take ${host} out of the hosts of ${owner} and reconcile that first. ` +
      `If no policy names ${owner} any more, delete the key ${host} from KeyValueStore ${facts.store}.`;
    return [{ exitCode: EXIT.unsafe, message, next }];
  });
}

/** The parameter's name says whose it is; but a later Headgate's word counts. */
function checkVersion({ live, app, environment }: EnvironmentFacts): readonly Refusal[] {
  if (!isNewerVersion(live.parameters.route?.value)) return [];
  const message = `the live route of ${app.app}/${environment.name} was written by a newer version of Headgate`;
  return [{ exitCode: EXIT.unsafe, message, next: 'Use that version.' }];
}

/** A function reads one store: routes written to another would be a release that nobody gets. */
export function checkStore(facts: EnvironmentFacts): readonly Refusal[] {
  const { store, group } = facts;
  const wanted = storeOf(group);
  if (store === wanted) return [];
  const what = store === undefined || wanted === undefined ? 'runtime' : 'store';
  return [
    {
      exitCode: EXIT.unsafe,
      message: `the route lives in ${nameStore(store)}, the policy's edge group ${group.name} has ${nameStore(wanted)}`,
      next:
        `Name ${store ?? 'a group with runtime lambda-edge'} again: a live environment can't change its ${what}. ` +
        'To move it, make a new environment with a distribution of its own, and point the hosts there.',
    },
  ];
}

/** Builds don't move with it, and open pages of those that are kept would find none of their files. */
export function checkRoot({ app, adoption }: EnvironmentFacts): readonly Refusal[] {
  const route = parseRoute(adoption.record?.route);
  if (route === undefined) return [];
  const lie = route.root ?? `/${keys.builds({ app: app.app })}`;
  const wanted = `/${keys.builds(app)}`;
  const { origins } = route;
  const isBuild = (ref: BuildRef) => fromRef(ref, origins).origin === undefined;
  if (lie === wanted || !listAllNamed(route).some(isBuild)) return [];
  return [
    {
      exitCode: EXIT.unsafe,
      message: `builds of the live route lie below s3://${app.bucket}${lie}, and the policy's root is ${wanted}`,
      next:
        `${route.root === undefined ? 'Take `root` out of the policy' : `Say \`root: "${route.root.slice(1)}"\` again`}: ` +
        'a live environment serves builds from one place.',
    },
  ];
}

/** A decision that refuses, as a refusal with its place in the policy. */
export function refusalOf(decision: Decision, facts: EnvironmentFacts): readonly Refusal[] {
  if (decision.kind !== 'refuse') return [];
  const { release } = facts.environment;
  const place = { file: facts.app.file, line: release.line };
  if (decision.code !== 'not-published') {
    const { message, next } = decision;
    return [{ exitCode: EXIT.unsafe, message, next, place }];
  }
  const { message, next } = facts.unread?.get(release.build) ?? {
    message: `${decision.message}${norOrigin(facts.app)}`,
    next: decision.next,
  };
  return [{ exitCode: EXIT.usage, message, next, place }];
}

/** A wait that only a person ends. */
export function callsOf(decision: Decision, facts: EnvironmentFacts): readonly Refusal[] {
  if (decision.kind !== 'stay' || decision.wayOut === undefined) return [];
  const place = { file: facts.app.file, line: facts.environment.release.line };
  return [{ exitCode: EXIT.unsafe, message: decision.why, next: decision.wayOut, place }];
}

/** The real route, and the one a rollback would make of it, against the KeyValueStore's limit. */
export function checkBytes(facts: EnvironmentFacts, move: Move): readonly Refusal[] {
  const bytes = countBytes(facts, move);
  if (bytes <= ROUTE_BYTES_LIMIT) return [];
  return [
    {
      exitCode: EXIT.usage,
      message: `the route, or the one after a rollback, would be ${bytes} bytes, the limit is ${ROUTE_BYTES_LIMIT}`,
      next: 'Use shorter build numbers, a smaller `keep`, or fewer path patterns, cohorts or arms; or lift old quarantines.',
      place: { file: facts.app.file, line: facts.environment.release.line },
    },
  ];
}

function countBytes(facts: EnvironmentFacts, move: Move): number {
  const text = renderRoute(move.state, facts, nextGeneration(facts));
  const route = parseRoute(text);
  // Of the reasons, this is the longest.
  const rolledBack = route && rollBackRoute(route, 'no-data', facts.now);
  const texts = [text, ...(rolledBack === undefined ? [] : [JSON.stringify(rolledBack)])];
  return Math.max(...texts.map((candidate) => Buffer.byteLength(candidate)));
}
