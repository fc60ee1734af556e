import type { EjectPlan } from './plan.ts';

/** What would be done, in order, and why no request fails on the way. */
export function renderEject(plan: EjectPlan): string {
  const { name, distribution, build, patterns, functions, standalone, originPath, notes } = plan;
  const where = `distribution ${distribution}, ${patterns.join(', ')}`;
  const steps =
    standalone === undefined
      ? [
          `Everything that ${distribution} cached is forgotten: its keys have no build in them without the functions, and some may be of earlier times.`,
          `In one change of ${where}: ${functions.join(', ')} leave, the origin path becomes ${originPath}, / is index.html. No edge has one without the other, so none asks for the folder twice or not at all.`,
        ]
      : [
          `The function ${standalone.functionName} is published and tested: it puts ${standalone.home}${build} in front of every path${standalone.spa ? ', pages that name no file get /index.html' : ''}. It reads no KeyValueStore.`,
          `In one change of ${where}: ${functions.join(', ')} leave, ${standalone.functionName} takes their place. Both ask for the same files under the same cache keys, so it is no matter how long that takes to spread.`,
        ];
  const all = [
    `${name} is paused, so that no run puts Headgate's functions back: reconcile, guard and fast lane leave it alone.`,
    ...steps,
    'It is waited for until every edge has it.',
  ];
  return [
    `${name} leaves Headgate on build ${build}.`,
    ...all.map((step, index) => `  ${index + 1}. ${step}`),
    'Behaviours of the pool and of other origins stay as they are; nothing is deleted.',
    ...notes.map((note) => (note.startsWith('warning: ') ? note : `note: ${note}`)),
  ].join('\n');
}

export interface EjectedFacts {
  readonly plan: EjectPlan;
  readonly app: string;
  readonly environment: string;
  readonly bucket: string;
  /** undefined: the group's code is Lambda@Edge. */
  readonly store: string | undefined;
  readonly group: string;
  /** Other environments of the group, such as `shop/staging`. */
  readonly others: readonly string[];
  readonly hosts: readonly string[];
}

/** What is left to do by hand, and what may be deleted then. */
export function renderEjected(facts: EjectedFacts): string {
  const { plan, app, environment, bucket, store, others, hosts } = facts;
  const { name, build, standalone } = plan;
  const served =
    standalone === undefined
      ? `below origin path ${plan.originPath}`
      : `by ${standalone.functionName}, which is yours now`;
  const back =
    standalone === undefined
      ? `originPath: ${plan.originPath}`
      : `replaces: [${standalone.functionName}]`;
  return [
    `${name} is served without Headgate: build ${build}, ${served}.`,
    'Next:',
    `  Take ${environment} out of the policy of ${app}; until then plan and reconcile say "Paused". But leave it there where \`headgate bootstrap\` made its distribution or its bucket's policy: they are for what the policies name.`,
    `  Before you store another build in that folder, give the behaviours a cache policy with a minimum TTL of 0: pages are kept for as long as the present one says.`,
    'What nothing needs any more, when you are sure:',
    `  ${nameFunctions(facts)}`,
    ...(store === undefined
      ? []
      : [
          `  in KeyValueStore ${store}: ${hosts.join(', ')}${others.length === 0 ? '; or the store' : ''}`,
        ]),
    `  in SSM: /headgate/${app}/${environment}/...`,
    `Leave s3://${bucket}/${app}/environments/${environment}/ there as long as \`headgate gc\` collects builds of ${app}: its record keeps build ${build}.`,
    `To come back: in the policy \`adopted: { ${back} }\`, then headgate pause ${app} ${environment} --resume, headgate reconcile.`,
  ].join('\n');
}

function nameFunctions({ group, others, store, plan }: EjectedFacts): string {
  const functions =
    store === undefined
      ? `the Lambda function headgate-${group} (CloudFront takes hours to give its copies up)`
      : plan.functions.join(', ');
  return others.length === 0
    ? functions
    : `not the functions of group ${group}: ${others.join(', ')} run them`;
}
