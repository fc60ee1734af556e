/** What visitors really get, as a probe of `/_headgate/build` tells. */
import type { Route } from '../../../edge/contract/route.ts';

/** What one host answered. */
export interface Seen {
  readonly host: string;
  /** Hosts of the policy, which the distribution doesn't answer for. */
  readonly insteadOf?: readonly string[];
  /** undefined: no answer of this environment's edge. */
  readonly generation: number | undefined;
  /** Why not. */
  readonly problem?: string;
  /** The CloudFront edge location that answered; others may be behind or ahead of it. */
  readonly location?: string;
}

/** From the decision of a generation until a host answered with it. */
export interface Propagation {
  readonly seconds: number;
  /** The first probe saw it already: it took at most that long. */
  readonly isAtMost: boolean;
}

/** What a probe may say; structurally the port's. */
type Answered =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly error: string };

/** `route`: whose answer it must be. */
export function readSeen(
  asked: Pick<Seen, 'host' | 'insteadOf'>,
  answered: Answered,
  { app, env }: Pick<Route, 'app' | 'env'>,
): Seen {
  const unseen = (problem: string): Seen => ({ ...asked, generation: undefined, problem });
  if ('error' in answered) return unseen(answered.error);
  const location = answered.headers['x-amz-cf-pop'];
  const told = parseAnswer(answered.body);
  if (answered.status !== 200 || told === undefined) {
    return unseen(
      `it answered ${answered.status}, which isn't Headgate's edge: does the host point to the distribution, and does its default behaviour run the functions?`,
    );
  }
  if (told.app !== app || told.environment !== env) {
    return unseen(`it serves ${String(told.app)}/${String(told.environment)}`);
  }
  // Generation 0 is the floor's: the function runs, and can't read the route.
  if (told.generation === 0) return unseen("the edge can't read its route and serves the floor");
  return { ...asked, generation: told.generation, ...(location !== undefined && { location }) };
}

interface Told {
  readonly app: unknown;
  readonly environment: unknown;
  readonly generation: number;
}

function parseAnswer(body: string): Told | undefined {
  try {
    const value = JSON.parse(body) as Partial<Told> | null;
    return Number.isSafeInteger(value?.generation) ? (value as Told) : undefined;
  } catch {
    return undefined;
  }
}

/** Every host has this generation, or a newer one. */
export function hasArrived(seen: readonly Seen[], generation: number): boolean {
  return seen.every((one) => (one.generation ?? 0) >= generation);
}

/** One line for each host. */
export function renderSeen(seen: readonly Seen[], generation: number): readonly string[] {
  return seen.map(({ generation: got, problem, location, ...asked }) => {
    const host = nameAsked(asked);
    const where = location === undefined ? '' : ` (edge location ${location})`;
    if (got === undefined) return `${host}: NOT SEEN: ${problem}`;
    const isBehind = got < generation;
    const behind = isBehind ? `, BEHIND generation ${generation}: it may be on its way` : '';
    return `${host}: generation ${got}${behind}${where}`;
  });
}

function nameAsked({ host, insteadOf = [] }: Pick<Seen, 'host' | 'insteadOf'>): string {
  const absent = insteadOf.join(', ');
  return absent === '' ? host : `${host} (the distribution has no alias ${absent})`;
}

export function renderPropagation({ seconds, isAtMost }: Propagation): string {
  const time = `${seconds.toFixed(1)} s after it was decided`;
  return isAtMost ? `there at the first look, ${time}` : `seen at every host ${time}`;
}
