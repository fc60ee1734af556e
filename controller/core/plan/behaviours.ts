import type { AppPolicy, EdgeGroup, EnvironmentPolicy } from '../policy/policy.ts';
import { EXIT } from '../errors.ts';
import { keys } from '../state/keys.ts';
import type { Caching } from './caching.ts';
import type { Associate } from './change.ts';
import type { Refusal } from './plan.ts';
import { checkForeignLambdas, RUNTIME_STAYS } from './foreign-lambdas.ts';
import { withoutReplaced } from './replaced.ts';
import { checkTrust, type SecondOrigin } from './trust.ts';

/** One cache behaviour of a distribution, in our words. */
export interface Behaviour {
  /** CloudFront path pattern as configured; `*` for the default behaviour. */
  readonly pattern: string;
  readonly originDomain: string;
  /** '' or a path with a leading and no trailing slash. */
  readonly originPath: string;
  /** Where it is an origin group. */
  readonly second?: SecondOrigin;
  /** Those that it allows. */
  readonly methods: readonly string[];
  /** Read for apps with whole origins only. */
  readonly caching?: Caching;
  readonly viewerRequestArn: string | undefined;
  readonly viewerResponseArn: string | undefined;
  readonly lambdas: readonly LambdaAssociation[];
}

/** A numbered version of a Lambda@Edge function on one event; on a viewer event it excludes functions. */
export interface LambdaAssociation {
  readonly event: string;
  readonly arn: string;
}

export interface Distribution {
  readonly id: string;
  /** The distribution's own domain name, lower case. */
  readonly domain: string;
  readonly aliases: readonly string[];
  readonly enabled: boolean;
  readonly status: 'Deployed' | 'InProgress';
  readonly originIds: readonly string[];
  /** What CloudFront asks origins for in the place of `/`; '': `/`. Read with `caching` only. */
  readonly rootObject: string;
  /** In the order CloudFront matches them; the default is last. */
  readonly behaviours: readonly Behaviour[];
  readonly revision: string;
}

interface Subject {
  readonly app: AppPolicy;
  readonly environment: EnvironmentPolicy;
  readonly group: Pick<EdgeGroup, 'runtime'>;
}

export function requestFunctionName(group: string): string {
  return `headgate-${group}-request`;
}

export function responseFunctionName(group: string): string {
  return `headgate-${group}-response`;
}

/** Where the distribution and the policy disagree; each with the steps that mend it. */
export function checkBehaviours(distribution: Distribution, subject: Subject): readonly Refusal[] {
  const { app, environment } = subject;
  const problems = [
    ...checkPool(distribution, app),
    ...checkServed(distribution, app),
    ...checkFunctions(withoutReplaced(distribution, environment), subject),
    ...checkTrust(distribution, subject, pooledBehaviours(distribution, app)),
  ];
  const missing = environment.hosts.filter((host) => !answersFor(distribution, host));
  if (missing.length > 0) {
    problems.push(
      `distribution ${distribution.id} does not answer for ${missing.join(', ')}: add it as an alternate domain name`,
    );
  }
  if (!distribution.enabled)
    problems.push(`distribution ${distribution.id} is disabled: enable it`);
  return problems.map((message) => ({
    exitCode: EXIT.unsafe,
    message,
    next: 'Change the distribution (or the policy), then run the command again.',
  }));
}

/** An alias `*.example.com` stands for every name below example.com. */
function answersFor({ aliases }: Distribution, host: string): boolean {
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

function checkFunctions(distribution: Distribution, subject: Subject): string[] {
  const { app, environment, group } = subject;
  return group.runtime === 'lambda-edge'
    ? checkForeignLambdas(servedBehaviours(distribution, app), environment.edge)
    : checkForeign(distribution, subject);
}

/** A behaviour runs one function per event: someone else's stays theirs. */
function checkForeign(distribution: Distribution, { app, environment }: Subject): string[] {
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
  return / arn:aws:lambda:.*:function:headgate-[^:]+:\d+$/.test(name)
    ? `. ${RUNTIME_STAYS}`
    : ': take it off that behaviour, and compose what it does in with `before` in edge.yaml; ' +
        'or name it in `adopted: { replaces: [...] }`, and reconcile puts ours in its place';
}

/** The associations that are missing; undefined: all are there, or Lambda@Edge runs here. */
export function planAssociations(
  distribution: Distribution,
  subject: Subject,
): Associate | undefined {
  if (subject.group.runtime !== 'cloudfront-functions') return undefined;
  const { group } = subject.environment.edge;
  const requestFunction = requestFunctionName(group);
  const responseFunction = responseFunctionName(group);
  const { adopted } = subject.environment;
  const patterns = servedBehaviours(withoutReplaced(distribution, subject.environment), subject.app)
    .filter(
      (behaviour) =>
        behaviour.viewerRequestArn === undefined || behaviour.viewerResponseArn === undefined,
    )
    .map((behaviour) => behaviour.pattern);
  if (patterns.length === 0) return undefined;
  return {
    kind: 'associate',
    distribution: distribution.id,
    patterns,
    requestFunction,
    responseFunction,
    ...(adopted?.replaces && { replaces: adopted.replaces }),
  };
}

function isOurs(arn: string | undefined, name: string): boolean {
  return arn === undefined || arn.endsWith(`:function/${name}`);
}

/** Behaviours that must run the functions: the bucket as a whole is their origin. */
export function servedBehaviours(distribution: Distribution, app: AppPolicy): readonly Behaviour[] {
  return distribution.behaviours.filter(
    (behaviour) => isBucket(behaviour, app) && behaviour.originPath === '',
  );
}

function pooledBehaviours(distribution: Distribution, app: AppPolicy): readonly Behaviour[] {
  const path = `/${keys.pool(app.app)}`.slice(0, -1);
  return distribution.behaviours
    .filter((behaviour) => isBucket(behaviour, app) && behaviour.originPath === path)
    .map((behaviour) => ({ ...behaviour, pattern: normalise(behaviour.pattern) }));
}

function isBucket(behaviour: Behaviour, app: AppPolicy): boolean {
  return behaviour.originDomain.startsWith(`${app.bucket}.s3.`);
}

/** CloudFront takes patterns with and without the leading slash; they mean the same. */
function normalise(pattern: string): string {
  return pattern === '*' || pattern.startsWith('/') ? pattern : `/${pattern}`;
}
