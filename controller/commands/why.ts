import { readRoute, type ReadableRoute } from '../../edge/core/read-route.ts';
import { decide } from '../../edge/core/decide.ts';
import { SLOT_COOKIE } from '../../edge/core/cookies.ts';
import type { Visitor } from '../../edge/core/visitor.ts';
import { EXIT, RefusedError, UsageError, type ExitCode } from '../core/errors.ts';
import { nameSubject } from '../core/plan/plan.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { describeHistory, renderHistory, type HistoryLine } from '../core/report/history.ts';
import { describeStatus, renderStatus } from '../core/report/status.ts';
import { renderVisitorWhy } from '../core/report/why.ts';
import { parseDerivedKeys } from '../core/tokens/derived-keys.ts';
import { mac } from '../core/tokens/mac.ts';
import { explainVisitor, type VisitorWhy } from '../core/why/explain.ts';
import { composeVisitor } from '../core/why/visitor.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import type { Context } from '../ports/context.ts';
import { readEnvironment } from '../read/environment.ts';
import { readLiveKeys } from '../read/keys.ts';
import { planInCompany } from '../read/plan-in-company.ts';
import type { Arguments, Command } from './command.ts';
import { findSubject } from './find-subject.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';

/** Entries that are shown at most: how it got here, not all of its past. */
const STORY_LIMIT = 10;

export const why: Command = {
  name: 'why',
  summary: 'Which rule gives a visitor their build, and how it came to be',
  help: `headgate why <app> <environment> [--slot <n>] [--cookie <name=value>]...
             [--header <name=value>]... [--path <path>] [--country <code>]
             [--ip <address>] [--host <host>] [--policies <dir>] [--json]

Says what one visitor gets from the live route, and which of its rules decided:
preview, cohort, session, split, canary or stable. The edge's own code is asked,
with the route that the edge reads. Then why the environment is where it is.

  headgate why shop prod --slot 524288
  headgate why shop prod --cookie staff=1 --country DE --path /cart

  --slot <n>         the visitor's number, as in the cookie ${SLOT_COOKIE}; without
                     one the visitor is new, and all that may be drawn is told
  --cookie <pair>    a cookie that is sent; may be given again
  --header <pair>    a header that is sent, beside the usual ones of a browser
                     that opens the path or fetches a file; may be given again
  --path <path>      what is asked for (default: /)
  --country <code>   as CloudFront tells it, such as DE
  --ip <address>     where the visitor comes from
  --host <host>      one of the environment's (default: the first)
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             {"visitor": ..., "environment": ..., "story": [...]}

Exit codes: 0 told, 2 the policy or the arguments are wrong, 3 there is no live
route to tell it from.`,
  options: {
    slot: { type: 'string' },
    cookie: { type: 'string', multiple: true },
    header: { type: 'string', multiple: true },
    path: { type: 'string', default: '/' },
    country: { type: 'string' },
    ip: { type: 'string' },
    host: { type: 'string' },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  run: runWhy,
};

async function runWhy(args: Arguments, context: Context): Promise<ExitCode> {
  const { positionals, values } = args;
  const described = readVisitor(args, context.clock.now());
  const { policies } = await loadPolicies(context.files, String(values['policies']));
  const subject = findSubject(policies, positionals, 'why');
  const run = await context.surroundings.facts();
  const [facts, story] = await Promise.all([
    readEnvironment(context, subject, run),
    readStory(context, subject.app, subject.environment.name),
  ]);
  const host = chooseHost(facts, values['host']);
  const route = readLiveRoute(facts, host);
  const visitor = await withKeys(described, { route, facts, context });
  const knowsSlot = Object.hasOwn(visitor.cookies, SLOT_COOKIE);
  const told = explainVisitor(route, visitor, knowsSlot);
  for (const note of listUnasked(subject)) context.terminal.note(note);
  const plan = await planInCompany(context, facts, { policies, run });
  const environment = { name: nameSubject(plan.subject), ...describeStatus(facts, plan) };
  const generation = route.gen;
  context.terminal.print(
    values['json'] === true
      ? JSON.stringify({ host, generation, visitor: told, environment, story }, undefined, 2)
      : renderWhy(told, { host, status: renderStatus(environment), story }),
  );
  return EXIT.done;
}

/** What comes first at the edge, and isn't ours to ask. */
function listUnasked({ group }: EnvironmentSubject): readonly string[] {
  const isKept = group.runtime === 'lambda-edge' && group.sessions !== undefined;
  return [
    ...(group.before === undefined
      ? []
      : [`note: ${group.before} runs before these rules, and may answer or change the request`]),
    ...(isKept
      ? ['note: a session in the DynamoDB table names its own build; it was not read']
      : []),
  ];
}

function renderWhy(
  told: VisitorWhy,
  { host, status, story }: { host: string; status: string; story: readonly HistoryLine[] },
): string {
  const past = story.length === 0 ? '' : `\n\nHow it got here:\n${renderHistory(story)}`;
  return `${renderVisitorWhy(told, host)}\n\n${status}${past}`;
}

function readVisitor({ values, lists = {} }: Arguments, now: Date): Visitor {
  const text = (name: string): string | undefined =>
    values[name] === undefined ? undefined : String(values[name]);
  const visitor = composeVisitor(
    {
      path: text('path') ?? '/',
      slot: text('slot'),
      cookies: lists['cookie'] ?? [],
      headers: lists['header'] ?? [],
      country: text('country'),
      ip: text('ip'),
    },
    now,
  );
  if ('path' in visitor) return visitor;
  throw new UsageError(`${visitor.problem}.`, `For example: ${visitor.example}`);
}

function chooseHost(facts: EnvironmentFacts, wanted: Arguments['values'][string]): string {
  const { environment, adoption } = facts;
  const hosts = [...new Set([...environment.hosts, ...(adoption.record?.hosts ?? [])])];
  if (typeof wanted !== 'string') return hosts[0] ?? '';
  if (hosts.includes(wanted)) return wanted;
  throw new UsageError(
    `${wanted} is no host of ${facts.app.app}/${environment.name}.`,
    `Its hosts are ${hosts.join(', ')}.`,
  );
}

/** As the edge finds it: by the host in the KeyValueStore, or in SSM for Lambda@Edge. */
function readLiveRoute({ app, environment, live, store }: EnvironmentFacts, host: string) {
  const text = store === undefined ? live.parameters.route?.value : live.values.get(host);
  const name = `${app.app}/${environment.name}`;
  const route = text === undefined ? false : attempt(text);
  if (route !== false) return route;
  throw new RefusedError(
    text === undefined
      ? `${host} of ${name} has no live route: visitors get the floor build, or 503.`
      : `The live route of ${host} (${name}) can't be read: visitors get the floor build, or 503.`,
    `headgate plan says what reconcile would do about it.`,
  );
}

function attempt(text: string): ReadableRoute | false {
  try {
    return readRoute(text);
  } catch {
    // As at the edge: what can't be read is no route.
    return false;
  }
}

/** Keys cost a read of secrets; as at the edge they are fetched only when a token is presented. */
async function withKeys(
  visitor: Visitor,
  { route, facts, context }: { route: ReadableRoute; facts: EnvironmentFacts; context: Context },
): Promise<Visitor> {
  const keys = { scope: `${route.app}~${route.env}`, mac, wanted: false };
  decide(route, { ...visitor, keys });
  if (!keys.wanted) return { ...visitor, keys };
  const ring = parseDerivedKeys((await readLiveKeys(facts, context)).value);
  return { ...visitor, keys: { ...keys, ring } };
}

/** What led here: the entries since the last time that all was settled. */
async function readStory(
  context: Context,
  place: { readonly app: string; readonly bucket: string; readonly region: string },
  environment: string,
): Promise<readonly HistoryLine[]> {
  const entries = await context.records(place).readHistory(place.app, environment, STORY_LIMIT);
  const settled = entries.findIndex(
    ({ event }, index) => index > 0 && /^(first-release|rollout-finished)$/.test(event),
  );
  const lines = describeHistory(entries, context.clock.now());
  return settled < 0 ? lines : lines.slice(0, settled);
}
