/** The files that describe a set-up, as people would write them. */
import { isMap, isNode, isPair, parseDocument } from 'yaml';
import { USUAL_COOKIES } from '../policy/adopted-schema.ts';
import type { AdoptPlan } from './plan.ts';

/** `shop.yaml`. */
export function renderApp(plan: AdoptPlan): string {
  const { facts, root, spa } = plan;
  const lines = [
    'apiVersion: headgate/v1',
    `app: ${quote(facts.app)}`,
    `bucket: ${quote(facts.bucket)}`,
    `region: ${quote(facts.region)}`,
    ...(root === undefined
      ? []
      : [`root: ${JSON.stringify(root)} # where builds lie in the bucket`]),
    `spa: ${spa.is} # ${spa.because}`,
    'pool: { include: [] } # every build has all of its files',
    'layout: tree # those that did not change are copied within the bucket, not sent',
    'environments:',
    `  ${quote(facts.environment)}:`,
    ...renderEnvironment(plan).map((line) => `    ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

function renderEnvironment(plan: AdoptPlan): readonly string[] {
  const { facts, hosts, build, cookies, replaces, originPath } = plan;
  const { parameter } = facts;
  const adopted = [
    ...(cookies === undefined ? [] : [`cookies: ${renderCookies(cookies)}`]),
    ...(parameter === undefined ? [] : [`activeBuildParameter: ${quote(parameter.name)}`]),
    ...(replaces.length === 0 ? [] : [`replaces: [${replaces.map(quote).join(', ')}]`]),
    ...(originPath === undefined ? [] : [`originPath: ${quote(originPath)}`]),
  ];
  return [
    `hosts: [${hosts.map(quote).join(', ')}]`,
    `edge: { group: ${quote(facts.group)}, distribution: ${quote(facts.distribution.id)} }`,
    `release: { build: ${JSON.stringify(build)} } # what visitors get today`,
    ...(cookies === undefined
      ? []
      : [`preview: { access: open } # or the ${cookies.override} cookie means nothing`]),
    // Empty, it still says that visitors were there before: the exchange waits for the edges (`settle-first.ts`).
    ...(adopted.length === 0
      ? [
          'adopted: {} # visitors were here before: the first exchange waits for the edges, then this may go',
        ]
      : ['adopted:', ...adopted.map((line) => `  ${line}`)]),
  ];
}

function renderCookies({ build, override }: NonNullable<AdoptPlan['cookies']>): string {
  const isUsual = build === USUAL_COOKIES.build && override === USUAL_COOKIES.override;
  return isUsual ? 'true' : `{ build: ${quote(build)}, override: ${quote(override)} }`;
}

/** Names, hosts and paths need no quotes; `1e3`, `true` and `010` do. */
function quote(text: string): string {
  return /^(?!(true|false|null|yes|no|on|off|y|n)$)[A-Za-z/][A-Za-z0-9._/-]*$/i.test(text)
    ? text
    : JSON.stringify(text);
}

/** `edge.yaml` with the group in it: a new file, or the present one with the group behind its others; undefined: it has it. */
export function renderEdge(plan: AdoptPlan, present: string | undefined): string | undefined {
  if (present === undefined) {
    return ['apiVersion: headgate/v1', 'groups:', ...renderGroup(plan, '  '), ''].join('\n');
  }
  const document = parseDocument(present);
  const { group } = plan.facts;
  if (document.hasIn(['groups', group])) return undefined;
  const groups = document.get('groups', true);
  const last = isMap(groups) && groups.flow !== true ? groups.items.at(-1) : undefined;
  if (!isPair(last) || !isNode(last.key) || !isNode(last.value)) {
    document.setIn(['groups', group], document.createNode(groupOf(plan)));
    return document.toString({ lineWidth: 0 });
  }
  // As text: the library would move comments.
  const start = last.key.range?.[0] ?? 0;
  const indent = ' '.repeat(start - present.lastIndexOf('\n', start - 1) - 1);
  const end = present.slice(0, last.value.range?.[1]).trimEnd().length;
  const line = present.indexOf('\n', end);
  const before = line < 0 ? `${present}\n` : present.slice(0, line + 1);
  const after = line < 0 ? '' : present.slice(line + 1);
  return `${before}${renderGroup(plan, indent).join('\n')}\n${after}`;
}

function renderGroup(plan: AdoptPlan, indent: string): readonly string[] {
  const fields = Object.entries(groupOf(plan)).map(
    ([name, value]) => `${indent}${indent}${name}: ${quote(value)}`,
  );
  return [`${indent}${quote(plan.facts.group)}:`, ...fields];
}

function groupOf({ facts: { bucket, region, group, said } }: AdoptPlan): Record<string, string> {
  return said.role === undefined
    ? { runtime: 'cloudfront-functions', keyValueStore: `headgate-${group}`, bucket, region }
    : { runtime: 'lambda-edge', role: said.role, bucket, region };
}
