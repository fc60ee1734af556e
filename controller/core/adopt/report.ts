import { listFindings } from './findings.ts';
import type { Open } from './facts.ts';
import type { AdoptPlan } from './plan.ts';
import { listSteps, type Policies } from './steps.ts';

/** All that keeps the policy from being written, with what would mend each. */
export function renderOpen(open: readonly Open[]): string {
  return open.map(({ message, next }) => `${message}\n  next: ${next}`).join('\n');
}

/** What was found, what to do, and what to look after then. */
export function renderAdopt(plan: AdoptPlan, policies: Policies): string {
  return [
    ...renderFound(plan),
    '',
    ...renderSteps(plan, policies),
    '',
    ...renderFindings(plan),
  ].join('\n');
}

function renderFound(plan: AdoptPlan): readonly string[] {
  const { facts, layout, build, root, spa, leaving, cookies } = plan;
  const { distribution, bucket, content, shown } = facts;
  const lies =
    layout === 'flat'
      ? `one site at s3://${bucket}${plan.originPath ?? ''}/, without builds: it becomes build ${build}`
      : `${content.builds.length} build(s) at s3://${bucket}/${root}: ${content.builds.slice(0, 5).join(', ')}`;
  return [
    `Distribution ${distribution.id} (${plan.hosts.join(', ')}) today:`,
    `  ${lies}`,
    ...(layout === 'flat' ? [] : [`  visitors get build ${build}: ${describeSource(plan)}`]),
    ...(shown.kind === 'build' || shown.kind === 'top'
      ? []
      : [`  not compared with what the site shows: ${whyNot(shown)}`]),
    `  ${spa.is ? 'pages that name no file get /index.html' : 'a path that names no file is an error'}: ${spa.because}`,
    ...leaving.map(
      ({ name, events, patterns }) =>
        `  ${name} at ${events.join(', ')} of ${patterns.join(', ')}: leaves`,
    ),
    ...facts.said.keeps.map((name) => `  ${name}: stays`),
    ...(cookies === undefined
      ? []
      : [
          `  cookies ${cookies.build} (a page's build) and ${cookies.override} (an override): go on counting`,
        ]),
  ];
}

function describeSource({ facts: { said, parameter, shown } }: AdoptPlan): string {
  const sources = [
    ...(said.build === undefined ? [] : ['--build says so']),
    ...(parameter?.value === undefined ? [] : [`SSM ${parameter.name} says ${parameter.value}`]),
    ...(shown.kind === 'build' ? ['the site shows its page'] : []),
  ];
  return sources.join(', ');
}

function whyNot(shown: AdoptPlan['facts']['shown']): string {
  if (shown.kind === 'unknown') return shown.why;
  return 'its page at / is none of theirs (it may be made by a function): look at it yourself';
}

function renderSteps(plan: AdoptPlan, policies: Policies): readonly string[] {
  return [
    'The steps:',
    ...listSteps(plan, policies).flatMap((step, index) => [
      `  ${index + 1}. ${step.title}`,
      ...step.commands.map((command) => `       ${command}`),
      `     changes   ${step.changes}`,
      `     visitors  ${step.visitors}`,
      `     back      ${step.back}`,
    ]),
  ];
}

function renderFindings(plan: AdoptPlan): readonly string[] {
  return [
    'After the exchange, at any time (headgate doctor looks at all of it):',
    ...listFindings(plan).flatMap(({ what, meanwhile, later }) => [
      `  - ${what}`,
      `      meanwhile  ${meanwhile}`,
      `      then       ${later}`,
    ]),
  ];
}
