/** What a plan says of single visitors, beside builds and weights. */
import type { GatePolicy } from '../policy/policy.ts';
import { parseRoute } from '../state/route.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Direction } from './plan.ts';

/** Whether sessions in progress keep their build. */
export function explainSessions(
  { environment, adoption }: EnvironmentFacts,
  direction: Direction,
): readonly string[] {
  const live = parseRoute(adoption.record?.route);
  const idle = environment.release.sessionIdleSeconds;
  if (direction === 'rollback') {
    const ends = live?.idle !== undefined && live.canary !== undefined;
    return ends ? [`sessions on build ${live.canary.build[0]} end with their next page`] : [];
  }
  if (idle !== undefined) {
    return [`sessions in progress keep their build, until ${minutes(idle)} without a page`];
  }
  return live?.idle === undefined
    ? []
    : ['sessions in progress are not kept: sticky is visitor now, so all are drawn again'];
}

/** The gate in one line, and what is likely a mistake about it. */
export function explainGate({ app, environment, now }: EnvironmentFacts): readonly string[] {
  const { gate } = environment;
  if (gate === undefined) return [];
  const { protect, failOpenUntil } = gate;
  const paths = `${protect.length} path${protect.length === 1 ? '' : 's'}`;
  const notes = [
    `gate: protects ${paths} (${protect.join(', ')}); ${explainAdmission(gate)}; admitted visitors stay`,
  ];
  if (app.spa && !protect.some(reachesApi)) {
    notes.push(
      'warning: the gate protects no API path, and a single-page app goes on asking its API without loading a page',
    );
  }
  return [...notes, ...explainFaults(failOpenUntil, now)];
}

/** What becomes of visitors when keys or route can't be read. */
function explainFaults(failOpenUntil: string | undefined, now: Date): readonly string[] {
  const closed =
    "while the route can't be read, visitors get 503 on every path, since only the route knows the gate";
  if (failOpenUntil === undefined) return [closed];
  if (Date.parse(failOpenUntil) > now.getTime()) {
    return [
      `until ${failOpenUntil}, while keys can't be read, whoever presents a well-formed token gets in, beside those whom the rate lets in`,
      `warning: until ${failOpenUntil}, while the route can't be read there is no gate, and everyone gets in`,
    ];
  }
  return [
    `warning: failOpenUntil ${failOpenUntil} is over: while keys can't be read sessions and priority don't count, and only those whom the rate lets in get in`,
    closed,
  ];
}

function explainAdmission({ accepting, rateBasisPoints: rate, priority }: GatePolicy): string {
  const nobody = `nobody new gets in${priority === undefined ? '' : ' without priority'}`;
  if (!accepting) return `not accepting, ${nobody}`;
  if (rate === 0) return `accepting, ${nobody}`;
  return `accepting, ${rate === 10_000 ? 'everyone gets' : `${rate / 100} % get`} in`;
}

/** By name: nothing else tells an API from a page. */
function reachesApi(pattern: string): boolean {
  return pattern === '/*' || /\/(api|graphql|rpc)([/*]|$)/i.test(pattern);
}

function minutes(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
