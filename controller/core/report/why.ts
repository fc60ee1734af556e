import type { VisitorWhy } from '../why/explain.ts';

/** What one visitor gets and why, below the host that they ask. */
export function renderVisitorWhy(why: VisitorWhy, host: string): string {
  const { path, isNavigation, slot, build, uri, origin, shares = [] } = why;
  const kind = isNavigation ? 'opens a page' : 'a page asks for a file';
  const who = slot === undefined ? 'a new visitor' : `the visitor with slot ${slot}`;
  const from = origin === undefined ? '' : ` from origin ${origin}`;
  return [
    `https://${host}${path}  ${who}, ${kind}`,
    `  ${describeOutcome(why)}${build === undefined ? '' : from}`,
    `  because ${why.because}`,
    ...shares.map(
      (share) => `  ${share.percent} %: build ${share.build}, by ${describeRule(share.rule)}`,
    ),
    ...why.passedOver.map((line) => `  passed over: ${line}`),
    ...(uri === undefined ? [] : [`  fetched: ${uri}`]),
  ].join('\n');
}

function describeOutcome({ outcome, build, status, rule, shares }: VisitorWhy): string {
  switch (outcome) {
    case 'served':
      if (shares !== undefined) return 'gets one of these';
      return `gets build ${build}${rule === undefined ? '' : `, by ${describeRule({ kind: rule })}`}`;
    case 'pool':
      return 'gets the file from the pool';
    case 'held':
      return `waits (${status})`;
    case 'answered':
      return `gets ${status}`;
  }
}

function describeRule({ kind }: { readonly kind: NonNullable<VisitorWhy['rule']> }): string {
  switch (kind) {
    case 'page':
      return "its page's build";
    case 'session':
      return 'its session';
    case 'preview':
    case 'cohort':
    case 'split':
    case 'canary':
    case 'stable':
      return kind;
    case 'crawler':
      return 'being a crawler';
  }
}
