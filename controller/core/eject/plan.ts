/** How an environment goes on without Headgate. */
import { EXIT } from '../errors.ts';
import { findDisagreements } from '../plan/check-behaviours.ts';
import {
  requestFunctionName,
  responseFunctionName,
  type Behaviour,
  type Distribution,
} from '../plan/behaviours.ts';
import { lambdaName } from '../plan/function-names.ts';
import type { Refusal } from '../plan/plan.ts';
import { isNamed } from '../plan/replaced.ts';
import type { EnvironmentSubject } from '../policy/subjects.ts';
import { nameBuild } from '../state/build.ts';
import { keys } from '../state/keys.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { parseRoute } from '../state/route.ts';
import { standaloneName, type Standalone } from './standalone.ts';

export interface EjectFacts {
  readonly subject: EnvironmentSubject;
  /** As visitors have it; undefined: it was never released. */
  readonly record: EnvironmentRecord | undefined;
  /** The stored record is older than the live route, which `record` was brought up to. */
  readonly isBehind?: boolean;
  readonly distribution: Distribution | undefined;
  /** What is wrong with the stable build as it lies in the bucket; undefined: nothing. */
  readonly problem: string | undefined;
  /** No function at all: the build's folder becomes the origin path. */
  readonly isPlain: boolean;
  /** The team's own code in front of ours may go. */
  readonly dropsBefore: boolean;
}

export interface EjectPlan {
  /** `shop/prod`. */
  readonly name: string;
  readonly distribution: string;
  readonly build: string;
  /** Behaviours that run our functions. Empty: none does, there is nothing to do at the edge. */
  readonly patterns: readonly string[];
  /** Names of those functions. */
  readonly functions: readonly string[];
  /** What runs in their place; undefined: nothing, with `originPath`. */
  readonly standalone: (Standalone & { readonly functionName: string }) | undefined;
  readonly originPath: string | undefined;
  /** What visitors lose, and what is worth knowing before. */
  readonly notes: readonly string[];
}

/** The plan, or why there is none. */
export function planEject(facts: EjectFacts): EjectPlan | readonly Refusal[] {
  const { subject, record, distribution } = facts;
  const { app, environment, group } = subject;
  const name = `${app.app}/${environment.name}`;
  if (record === undefined || distribution === undefined) return [refuseUnknown(facts, name)];
  const { functions, patterns } = findOurs(distribution, group);
  const refusals =
    patterns.length === 0 ? [] : [...checkRecord(record, name), ...checkSurroundings(facts, name)];
  if (refusals.length > 0) return refusals;
  // As visitors have it: the policy may have been edited since.
  const route = parseRoute(record.route);
  const home = route?.root ?? `/${keys.builds(route === undefined ? app : { app: app.app })}`;
  const { build } = record.stable;
  const standalone: Standalone = {
    name,
    home,
    build,
    spa: route === undefined ? app.spa : route.spa !== 0,
    pinned: environment.pinnedUrls ? [build, ...record.kept.map((kept) => kept.build)] : [],
    pool: { home: `/${keys.pool(app.app)}`.slice(0, -1), ...(route ?? app).pool },
  };
  const functionName = standaloneName(app.app, environment.name);
  return {
    name,
    distribution: distribution.id,
    build,
    patterns,
    functions,
    standalone: facts.isPlain ? undefined : { ...standalone, functionName },
    originPath: facts.isPlain ? `${home}${build}` : undefined,
    notes: explain(facts, record),
  };
}

/** The group's functions, and the behaviours that run them. */
export function findOurs(
  { behaviours }: Distribution,
  { name, runtime }: Pick<EnvironmentSubject['group'], 'name' | 'runtime'>,
): Pick<EjectPlan, 'functions' | 'patterns'> {
  const functions =
    runtime === 'lambda-edge'
      ? [lambdaName(name)]
      : [requestFunctionName(name), responseFunctionName(name)];
  const patterns = behaviours
    .filter((behaviour) => runs(behaviour, functions))
    .map(({ pattern }) => pattern);
  return { functions, patterns };
}

function runs(
  { viewerRequestArn = '', viewerResponseArn = '', lambdas }: Behaviour,
  names: readonly string[],
): boolean {
  const arns = [viewerRequestArn, viewerResponseArn, ...lambdas.map(({ arn }) => arn)];
  return arns.some((arn) => isNamed(arn, names));
}

function refuseUnknown({ record, subject }: EjectFacts, name: string): Refusal {
  if (record === undefined) {
    return refuse(
      `${name} was never released: its distribution is as it was`,
      'Take it out of the policies.',
    );
  }
  const { distribution } = subject.environment.edge;
  return refuse(
    `there is no distribution ${distribution}`,
    `Take ${name} out of the policies: nobody is served by it.`,
  );
}

/** Everyone must get one build already: who has the canary would be moved back without the guard's word. */
function checkRecord(record: EnvironmentRecord, name: string): readonly Refusal[] {
  const { phase, stable, intent, rollout, pause } = record;
  const [app = '', environment = ''] = name.split('/');
  if (intent !== undefined) {
    return [
      refuse(
        `a run of ${name} is not finished`,
        `${pause === undefined ? '' : `headgate pause ${app} ${environment} --resume, then `}headgate reconcile finishes it; then run this again.`,
      ),
    ];
  }
  if (rollout !== undefined) {
    return [
      refuse(
        `${name} is ${phase}: visitors have ${nameBuild(rollout.canary)}, and stable is ${nameBuild(stable)}`,
        `Wait until the rollout is over, or end it: headgate rollback ${app} ${environment}`,
      ),
    ];
  }
  if (stable.origin === undefined) return [];
  return [
    refuse(
      `${name} is served by the whole origin ${stable.origin}, which only the functions send visitors to`,
      "Make it the target of the distribution's behaviours yourself, or release a build first.",
    ),
  ];
}

function checkSurroundings(facts: EjectFacts, name: string): readonly Refusal[] {
  const { subject, distribution, problem, isPlain, dropsBefore } = facts;
  const { environment, group, together = [] } = subject;
  const disagreements =
    distribution === undefined
      ? []
      : findDisagreements(distribution, subject).filter(({ kind }) =>
          ['pool-differs', 'behaviours-differ'].includes(kind),
        );
  return [
    ...(problem === undefined ? [] : [refuse(problem, 'Release a build that is whole first.')]),
    ...disagreements.map(({ message }) =>
      refuse(message, 'Mend that first, then headgate reconcile.'),
    ),
    ...(together.length > 0
      ? [
          refuse(
            `${together.join(', ')} move together, and leaving pauses all of them`,
            `Take ${name} out of \`together\` in edge.yaml, and reconcile.`,
          ),
        ]
      : []),
    ...(group.before !== undefined && !dropsBefore
      ? [
          refuse(
            `group ${group.name} runs ${group.before} in front of Headgate's function, and what stays behind does not`,
            'Take it along into the function yourself, or go without: --drop-before',
          ),
        ]
      : []),
    ...(isPlain && environment.pinnedUrls
      ? [
          refuse(
            'scripts of the build are asked for below /_headgate/b/ (pinnedUrls), which only a function knows',
            'Leave without --plain.',
          ),
        ]
      : []),
  ];
}

function explain(
  { subject, isPlain, isBehind }: EjectFacts,
  record: EnvironmentRecord,
): readonly string[] {
  const { app, environment } = subject;
  const { cohorts, split, preview, gate, adopted } = environment;
  const others = record.kept.map(({ build }) => build);
  const hasOwnFiles = others.length > 0 && app.pool.include.length === 0;
  return [
    ...(isBehind === true
      ? [
          `the live route is newer than the record, a rollback that is not written down yet: the record is brought up to it first`,
        ]
      : []),
    ...(others.length > 0 && environment.pinnedUrls !== true
      ? [
          `open pages of ${others.join(', ')} get the ${hasOwnFiles ? '' : 'unpooled '}files of ${record.stable.build} from then on, or 404: wait until they are closed if many are`,
        ]
      : []),
    ...(cohorts.length > 0 ? ['cohorts get the stable build, too'] : []),
    ...(split.length > 0 ? ['the split ends: everyone gets the stable build'] : []),
    ...(preview.access === 'off' ? [] : ['links to previews show the stable build']),
    ...(gate === undefined ? [] : ['warning: the gate goes with the functions: everyone gets in']),
    ...(adopted?.activeBuildParameter === undefined
      ? []
      : [`SSM ${adopted.activeBuildParameter} stays as it is, and nothing writes it any more`]),
    'responses carry no x-headgate-build, and pages set no cookies of Headgate any more; those that are left mean nothing',
    ...(isPlain && app.spa
      ? [
          'warning: without a function deep links (/any/page) answer 404; leave out --plain to keep them',
        ]
      : []),
    ...(isPlain
      ? ['/folder/ is not answered with /folder/index.html, and names with a plus answer 404']
      : []),
  ];
}

function refuse(message: string, next: string): Refusal {
  return { exitCode: EXIT.unsafe, message, next };
}
