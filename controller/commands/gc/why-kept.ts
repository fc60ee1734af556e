import { UsageError } from '../../core/errors.ts';
import { listReasons, type Reasons } from '../../core/gc/reasons.ts';
import type { Context, Place } from '../../ports/context.ts';
import { loadPolicies, POLICIES_DIRECTORY } from '../load-policies.ts';
import { collectApp, type CollectionRequest } from './collect.ts';
import { readRules } from './read-rules.ts';
import { requestOf } from './request.ts';

interface Asked {
  readonly app: string;
  readonly place: Place;
  /** `--policies`; undefined: where they usually are, if there are any. */
  readonly policies: string | undefined;
}

/** Why each build of an app is there, as a collection by its usual rules has it. */
export async function findReasons(asked: Asked, context: Context): Promise<Reasons> {
  if (asked.place.root !== undefined) {
    const note = 'builds at a root of their own: headgate gc leaves all of them alone';
    return { byBuild: new Map(), notes: [note] };
  }
  // Which pull requests are open only GitHub knows: as for gc without --github, all may be.
  const rules = { ...readRules({}), pullRequests: undefined };
  const named = await requestByPolicy(asked, rules, context);
  const request = named ?? requestByBucket(asked, rules, context);
  const { plan } = await collectApp(request, context);
  const { byBuild, notes } = listReasons(plan);
  return { byBuild, notes: [...(named === undefined ? [ALONE] : []), ...notes] };
}

const ALONE =
  'no policy of this app and bucket is at hand (--policies <dir>), so only records, leases and ages count, and not what policies, live routes and functions name';

/** undefined: there is no policy of this app. */
async function requestByPolicy(
  { app, place, policies: written }: Asked,
  rules: CollectionRequest['rules'],
  context: Context,
): Promise<CollectionRequest | undefined> {
  const directory = written ?? POLICIES_DIRECTORY;
  if (written === undefined && (await context.files.list(directory)) === undefined) return;
  const { policies, issues } = await loadPolicies(context.files, directory);
  if (issues.length > 0) {
    throw new UsageError(
      `The policies in ${directory} have issues, so not everything that names builds is known.`,
      'headgate validate tells them; mend them first.',
    );
  }
  const policy = policies.apps.find((one) => one.app === app && one.bucket === place.bucket);
  return policy && requestOf({ app: policy, policies, rules, claim: undefined }, context);
}

function requestByBucket(
  { app, place }: Asked,
  rules: CollectionRequest['rules'],
  context: Context,
): CollectionRequest {
  return {
    app,
    environments: [],
    named: [],
    store: context.collections(place),
    builds: context.builds(place),
    records: context.records(place),
    floors: async () => [],
    live: async () => [],
    rules,
    claim: undefined,
  };
}
