import { PREVIEW_COOKIE } from '../../edge/core/cookies.ts';
import { BUILD_HEADER, type Route } from '../../edge/contract/route.ts';
import { listAskedHosts } from '../core/plan/asked-hosts.ts';
import { situationOf } from '../core/plan/environment.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import type { SmokeCheck } from '../core/policy/policy.ts';
import { findSmokeSubject } from '../core/rollout/advance.ts';
import {
  concludeCheck,
  judgeAnswer,
  type SmokeAnswer,
  type SmokeSeen,
} from '../core/rollout/smoke.ts';
import { startWith, type Build } from '../core/state/build.ts';
import { listAllNamed } from '../core/state/origins.ts';
import type { Context } from '../ports/context.ts';
import { signFor } from './sign-token.ts';

type Answers = Omit<SmokeSeen, 'digest'>;

const ATTEMPTS = 3;
const PAUSE_MILLISECONDS = 1000;
const TIMEOUT_MILLISECONDS = 10_000;
/** Longer than all attempts together. */
const TOKEN_SECONDS = 300;

/** Where and as whom to ask. */
interface Visit {
  readonly host: string;
  readonly cookie: string;
  readonly build: string;
}

/** Makes the smoke checks of the policy, when the next move depends on them and nothing else. */
export async function askSmoke(
  context: Context,
  facts: EnvironmentFacts,
): Promise<EnvironmentFacts> {
  const build = facts.pause === undefined ? findSmokeSubject(situationOf(facts)) : undefined;
  if (build === undefined) return facts;
  const smoke = await readSmoke(context, facts, build);
  const { digest } = build;
  return { ...facts, observations: { ...facts.observations, smoke: { ...smoke, digest } } };
}

async function readSmoke(
  context: Context,
  facts: EnvironmentFacts,
  build: Build,
): Promise<Answers> {
  const route = facts.liveRoute?.route;
  const unasked = route && findReason(route, build);
  if (unasked !== undefined) return { wrong: [], unanswered: [], passed: [`smoke: ${unasked}`] };
  try {
    const cookie = await makeCookie(context, facts, build);
    const visit = { host: hostOf(facts), cookie, build: build.build };
    await requirePreview(context, visit);
    const checks = facts.environment.release.smoke ?? [];
    const seen = await Promise.all(checks.map((check) => ask(context, check, visit)));
    return {
      wrong: seen.flatMap(({ wrong }) => wrong),
      unanswered: seen.flatMap(({ unanswered }) => unanswered),
      passed: seen.flatMap(({ passed }) => passed),
    };
  } catch (error) {
    // Not knowing is evidence too: it blocks the start, and later `noData` decides.
    const why = error instanceof Error ? error.message : String(error);
    return { wrong: [], unanswered: [`smoke: ${why}`], passed: [] };
  }
}

/** Why no preview can show this build before it is in the route. */
function findReason(route: Route, build: Build): string | undefined {
  const isNamed = listAllNamed(route).some((ref) => ref[1] === build.digest);
  if (build.origin !== undefined && !isNamed) {
    return `${startWith(build)} can't be asked before the route has it`;
  }
  return route.preview === 'open' && route.barred.includes(build.build)
    ? `open previews of ${build.build} are refused until the route knows that its quarantine is lifted`
    : undefined;
}

/** One that is live already: the policy may name hosts that this very run will add. */
function hostOf({ environment, adoption, distribution }: EnvironmentFacts): string {
  const hosts = listAskedHosts(environment, distribution).map(({ host }) => host);
  const live = hosts.find((host) => adoption.record?.hosts.includes(host));
  return live ?? hosts[0] ?? '';
}

async function makeCookie(
  context: Context,
  facts: EnvironmentFacts,
  { build }: Build,
): Promise<string> {
  const expiry = Math.floor(facts.now.getTime() / 1000) + TOKEN_SECONDS;
  const { priority } = facts.environment.gate ?? {};
  // As the live route has it: a policy that changes it is not out yet.
  const isSigned = facts.liveRoute?.route.preview === 'signed';
  const value = isSigned
    ? await signFor(facts, { kind: 'p', fields: [build], expiry }, context)
    : build;
  const preview = `${PREVIEW_COOKIE}=${value}`;
  if (priority === undefined) return preview;
  const fields = [String(priority.since), 'smoke'];
  return `${preview}; ${priority.cookie}=${await signFor(facts, { kind: 'v', fields, expiry }, context)}`;
}

/** Or a page that only the new build has would be a 404 of stable, and nobody could tell. */
async function requirePreview(context: Context, { host, cookie, build }: Visit): Promise<void> {
  const url = `https://${host}/_headgate/build`;
  let got = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await context.clock.sleep(PAUSE_MILLISECONDS);
    const probed = await context.probe.get(url, {
      cookie,
      timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    });
    if (!('error' in probed) && probed.status === 200 && readBuild(probed.body) === build) return;
    got = 'error' in probed ? probed.error : `${probed.status} ${probed.body.slice(0, 100)}`;
  }
  throw new Error(`${host} shows no preview of ${build}: ${url} said ${got}`);
}

function readBuild(body: string): unknown {
  try {
    return (JSON.parse(body) as { readonly build?: unknown }).build;
  } catch {
    // Something else than the edge answered.
    return undefined;
  }
}

async function ask(
  context: Context,
  check: SmokeCheck,
  { host, cookie, build }: Visit,
): Promise<Answers> {
  const attempts: SmokeAnswer[] = [];
  while (attempts.length < ATTEMPTS && attempts.at(-1)?.kind !== 'right') {
    if (attempts.length > 0) await context.clock.sleep(PAUSE_MILLISECONDS);
    const probed = await context.probe.get(`https://${host}${check.path}`, {
      cookie,
      timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    });
    const response =
      'error' in probed ? probed : { ...probed, build: probed.headers[BUILD_HEADER] };
    attempts.push(judgeAnswer(check, build, response));
  }
  return concludeCheck(check, attempts);
}
