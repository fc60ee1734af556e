/** Where a distribution and the policy disagree. */
import type { AppPolicy } from '../policy/policy.ts';
import { isStandalone, LEFT_BEHIND } from '../eject/standalone.ts';
import { EXIT } from '../errors.ts';
import { keys } from '../state/keys.ts';
import {
  isOurs,
  normalise,
  pooledBehaviours,
  requestFunctionName,
  responseFunctionName,
  servedBehaviours,
  type Behaviour,
  type Distribution,
  type DistributionSubject,
} from './behaviours.ts';
import { checkForeignLambdas, RUNTIME_STAYS } from './foreign-lambdas.ts';
import type { Refusal } from './plan.ts';
import { withoutReplaced } from './replaced.ts';
import { checkTrust } from './trust.ts';

/** What a disagreement is about; `headgate doctor` names its findings by it. */
export type DisagreementKind =
  | 'pool-differs'
  | 'behaviours-differ'
  | 'foreign-function'
  | 'untrusted-reachable'
  | 'host-missing'
  | 'distribution-disabled';

export interface Disagreement {
  readonly kind: DisagreementKind;
  /** What is wrong, and the steps that mend it. */
  readonly message: string;
}

/** Where the distribution and the policy disagree; each with the steps that mend it. */
export function checkBehaviours(
  distribution: Distribution,
  subject: DistributionSubject,
): readonly Refusal[] {
  // Without any host name it waits for its certificate, and serves nobody the wrong thing: a note says so.
  const hasHosts = distribution.aliases.length > 0;
  return findDisagreements(distribution, subject)
    .filter(({ kind }) => hasHosts || kind !== 'host-missing')
    .map(({ message }) => ({
      exitCode: EXIT.unsafe,
      message,
      next: 'Change the distribution (or the policy), then run the command again.',
    }));
}

/** The same, by what it is about. */
export function findDisagreements(
  distribution: Distribution,
  subject: DistributionSubject,
): readonly Disagreement[] {
  const { app, environment } = subject;
  const { id } = distribution;
  const own = withoutReplaced(distribution, subject);
  const missing = environment.hosts.filter((host) => !answersFor(distribution, host));
  const unanswered = `distribution ${id} does not answer for ${missing.join(', ')}: add it as an alternate domain name`;
  const found: readonly (readonly [DisagreementKind, readonly string[]])[] = [
    ['pool-differs', checkPool(distribution, app)],
    ['behaviours-differ', checkServed(own, app)],
    ['foreign-function', checkFunctions(own, subject)],
    ['untrusted-reachable', checkTrust(distribution, subject, pooledBehaviours(distribution, app))],
    ['host-missing', missing.length > 0 ? [unanswered] : []],
    [
      'distribution-disabled',
      distribution.enabled ? [] : [`distribution ${id} is disabled: enable it`],
    ],
  ];
  return found.flatMap(([kind, messages]) => messages.map((message) => ({ kind, message })));
}

/** An alias `*.example.com` stands for every name below example.com. */
export function answersFor({ aliases }: Pick<Distribution, 'aliases'>, host: string): boolean {
  return aliases.some(
    (alias) => alias === host || (alias.startsWith('*.') && host.endsWith(alias.slice(1))),
  );
}

function checkPool(distribution: Distribution, app: AppPolicy): string[] {
  const pooled = pooledBehaviours(distribution, app).map((behaviour) => behaviour.pattern);
  const wanted = app.pool.include.map(normalise);
  const path = `/${keys.pool(app.app)}`.slice(0, -1);
  const absent = wanted.filter((pattern) => !pooled.includes(pattern));
  const extra = pooled.filter((pattern) => !wanted.includes(pattern));
  return [
    ...absent.map(
      (pattern) =>
        `the policy pools ${pattern}, but distribution ${distribution.id} has no behaviour ${pattern} ` +
        `with the bucket's origin and origin path ${path}: add one, without functions`,
    ),
    ...extra.map(
      (pattern) =>
        `distribution ${distribution.id} serves ${pattern} from the pool, the policy does not: ` +
        `add it to pool.include, or remove the behaviour`,
    ),
    ...pooledBehaviours(distribution, app)
      .filter(runsFunction)
      .map(
        (behaviour) => `the pooled behaviour ${behaviour.pattern} runs a function: remove it there`,
      ),
  ];
}

/** Lambda@Edge that only looks at what the origin answered may stay. */
function runsFunction({ viewerRequestArn, viewerResponseArn, lambdas }: Behaviour): boolean {
  const others = lambdas.some(({ event }) => event !== 'origin-response');
  return others || viewerRequestArn !== undefined || viewerResponseArn !== undefined;
}

/** Excludes need a behaviour of their own, ahead of the pooled ones, that runs the function. */
function checkServed(distribution: Distribution, app: AppPolicy): string[] {
  const patterns = distribution.behaviours.map((behaviour) => behaviour.pattern);
  const served = servedBehaviours(distribution, app).map((behaviour) => behaviour.pattern);
  const problems: string[] = [];
  if (!served.includes('*')) {
    problems.push(
      `the default behaviour of distribution ${distribution.id} must use bucket ${app.bucket} with an empty origin path`,
    );
  }
  const firstPooled = Math.min(
    ...pooledBehaviours(distribution, app).map((behaviour) => patterns.indexOf(behaviour.pattern)),
  );
  for (const pattern of app.pool.exclude.map(normalise)) {
    const index = patterns.indexOf(pattern);
    if (!served.includes(pattern) || index > firstPooled) {
      problems.push(
        `the policy excludes ${pattern} from the pool: distribution ${distribution.id} needs a behaviour ` +
          `${pattern} ahead of the pooled ones, with bucket ${app.bucket} and an empty origin path`,
      );
    }
  }
  return problems;
}

function checkFunctions(distribution: Distribution, subject: DistributionSubject): string[] {
  const { app, environment, group } = subject;
  return group.runtime === 'lambda-edge'
    ? checkForeignLambdas(servedBehaviours(distribution, app), environment.edge)
    : checkForeign(distribution, subject);
}

/** A behaviour runs one function per event: someone else's stays theirs. */
function checkForeign(
  distribution: Distribution,
  { app, environment }: DistributionSubject,
): string[] {
  const { group } = environment.edge;
  return servedBehaviours(distribution, app).flatMap((behaviour) => {
    const foreign = [
      isOurs(behaviour.viewerRequestArn, requestFunctionName(group))
        ? []
        : behaviour.viewerRequestArn,
      isOurs(behaviour.viewerResponseArn, responseFunctionName(group))
        ? []
        : behaviour.viewerResponseArn,
      behaviour.lambdas.flatMap(({ event, arn }) =>
        event.startsWith('viewer-') ? [`${event} ${arn}`] : [],
      ),
    ].flat();
    return foreign.map(
      (name) =>
        `behaviour ${behaviour.pattern} of distribution ${distribution.id} already runs ${name} on a viewer event, ` +
        `and CloudFront allows one${adviseOn(name)}`,
    );
  });
}

function adviseOn(name = ''): string {
  if (isStandalone(name)) return LEFT_BEHIND;
  return / arn:aws:lambda:.*:function:headgate-[^:]+:\d+$/.test(name)
    ? `. ${RUNTIME_STAYS}`
    : ': take it off that behaviour, and compose what it does in with `before` in edge.yaml; ' +
        'or name it in `adopted: { replaces: [...] }`, and reconcile puts ours in its place';
}
