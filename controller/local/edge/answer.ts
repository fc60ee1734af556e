import type { EventRequest } from '../function-runtime/event.ts';
import { createCache, type Entry } from './cache.ts';
import { readCachePolicy } from './cache-policy.ts';
import { isUnchanged } from './conditions.ts';
import {
  createCatalogue,
  type Catalogue,
  type EdgeBehaviour,
  type Target,
} from './configuration.ts';
import type { EdgeOptions } from './edge.ts';
import { addPolicyHeaders } from './headers-policy.ts';
import { createOriginTriggers } from './lambda-origin.ts';
import { runLambdaViewerRequest, runLambdaViewerResponse } from './lambda-viewer.ts';
import { findBehaviour, findEntry, type Source, type Store } from './lookup.ts';
import { LambdaFailure } from './run-lambda.ts';
import { createCounters, type BehaviourStats, type Counters } from './stats.ts';
import { errorPage, type Viewer, type ViewerAnswer } from './viewer.ts';
import { runViewerRequest, runViewerResponse, type FunctionContext } from './viewer-functions.ts';

export interface Answerer {
  answer(viewer: Viewer, requestId: string): Promise<ViewerAnswer>;
  stats(): Readonly<Record<string, BehaviourStats>>;
}

type Surroundings = Omit<EdgeOptions, 'port'> & {
  readonly catalogue: Catalogue;
  readonly counters: Counters;
  readonly store: Store;
};

export function createAnswerer(options: Omit<EdgeOptions, 'port'>): Answerer {
  const { cloudfront, s3, clock } = options;
  const counters = createCounters();
  const { invalidations } = cloudfront;
  const store = { s3, clock, invalidations, cache: createCache() };
  const surroundings = { ...options, catalogue: createCatalogue(cloudfront), counters, store };
  return {
    answer: (viewer, requestId) => answerViewer(surroundings, viewer, requestId),
    stats: counters.all,
  };
}

const URL_LIMIT = 8192;

/**
 * The way of one request: distribution by host, behaviour by the viewer's path, viewer-request
 * function, cache or origin, headers policy, viewer-response function.
 */
async function answerViewer(
  surroundings: Surroundings,
  viewer: Viewer,
  requestId: string,
): Promise<ViewerAnswer> {
  const { catalogue, counters } = surroundings;
  const distribution = catalogue.distributionOf(viewer.host);
  if (distribution === undefined) return errorPage(403, 'No distribution answers for this host.');
  if (viewer.request.uri.length > URL_LIMIT) return errorPage(414, 'The URL is too long.');
  const behaviour = findBehaviour(distribution, viewer.request.uri);
  const count = (what: keyof BehaviourStats) =>
    counters.count(`${distribution.id} ${behaviour.pattern}`, what);
  count('requests');
  const refusal = refuse(behaviour, viewer.request);
  if (refusal !== undefined) return refusal;
  const { ip, query } = viewer;
  const context = { ...surroundings, distribution, requestId, ip, query };
  try {
    return await serve({ context, behaviour, count }, viewer);
  } catch (error) {
    if (error instanceof LambdaFailure) return error.answer;
    throw error;
  }
}

interface Place {
  readonly context: Surroundings & FunctionContext;
  readonly behaviour: EdgeBehaviour;
  count(what: keyof BehaviourStats): void;
}

async function serve(place: Place, sent: Viewer): Promise<ViewerAnswer> {
  const { context, behaviour, count } = place;
  const asked = await runRequestFunction(place, sent);
  if ('answer' in asked) return asked.answer;
  const { viewer } = asked;
  const found = await findAnswer(place, asked);
  if (found.source !== 'Miss') count('hits');
  if (found.originStatus >= 400) return found.answer;
  const lambda = behaviour.lambdas.get('viewer-response');
  if (lambda === undefined && behaviour.viewerResponse === undefined) return found.answer;
  count('viewerResponseRuns');
  if (lambda !== undefined) {
    return await runLambdaViewerResponse(context, lambda, { viewer, answer: found.answer });
  }
  const given = { request: viewer.request, answer: found.answer };
  return runViewerResponse(context, behaviour.viewerResponse ?? '', given);
}

/** The viewer-request function of either kind; a behaviour has at most one. */
async function runRequestFunction(
  { context, behaviour, count }: Place,
  viewer: Viewer,
): Promise<Asked | { readonly answer: ViewerAnswer }> {
  const { target } = behaviour;
  const lambda = behaviour.lambdas.get('viewer-request');
  if (lambda === undefined && behaviour.viewerRequest === undefined) return { viewer, target };
  count('viewerRequestRuns');
  if (lambda !== undefined) {
    const asked = await runLambdaViewerRequest(context, lambda, viewer);
    return 'answer' in asked ? asked : { ...asked, target };
  }
  const asked = runViewerRequest(context, behaviour, viewer.request);
  if ('answer' in asked) return asked;
  return { viewer: { ...viewer, request: asked.request }, target: asked.target };
}

/** A request after viewer-request: as the viewer's, and who is to answer it. */
interface Asked {
  readonly viewer: Viewer;
  readonly target: Target;
}

function refuse(behaviour: EdgeBehaviour, { method }: EventRequest): ViewerAnswer | undefined {
  if (behaviour.methods.has(method)) return undefined;
  return errorPage(403, `This distribution is not configured to allow the method ${method}.`);
}

interface Found {
  readonly answer: ViewerAnswer;
  readonly source: Source;
  readonly originStatus: number;
}

/** What cache or origin have, with the headers policy added, as functions at viewer-response see it. */
async function findAnswer({ context, behaviour }: Place, asked: Asked): Promise<Found> {
  const { target } = asked;
  const { request, body } = asked.viewer;
  const { cloudfront, store, distribution, clock } = context;
  const { cachePolicyId, responseHeadersPolicyId } = behaviour;
  const policy = readCachePolicy(cloudfront.cachePolicies.get(cachePolicyId)?.config ?? {});
  const triggers = createOriginTriggers(context, behaviour);
  const lookup = { distribution, behaviour, target, policy, request, body, triggers };
  const { entry, source } = await findEntry(store, lookup);
  const age = Math.floor((clock.now().getTime() - entry.storedAt) / 1000);
  const headers = {
    ...entry.headers,
    ...(source === 'Hit' ? { age: String(age) } : {}),
    'x-cache': `${entry.originStatus >= 400 ? 'Error' : source} from cloudfront`,
  };
  const added = cloudfront.responseHeadersPolicies.get(responseHeadersPolicyId)?.config ?? {};
  const answer = composeAnswer(entry, request, addPolicyHeaders(headers, added));
  return { answer, source, originStatus: entry.originStatus };
}

function composeAnswer(
  entry: Entry,
  request: EventRequest,
  headers: ViewerAnswer['headers'],
): ViewerAnswer {
  const isKnown = entry.status === 200 && isUnchanged(request, entry.headers);
  return isKnown
    ? { status: 304, headers, body: Buffer.alloc(0) }
    : { status: entry.status, headers, body: entry.body };
}
