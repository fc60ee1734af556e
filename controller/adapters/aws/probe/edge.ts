import type { S3Client } from '@aws-sdk/client-s3';
import { GLOBAL_REGION, findEndpoint } from '../client-config.ts';
import {
  createControl,
  createHeaders,
  type Made,
  startDistribution,
  waitUntilDeployed,
} from './distribution.ts';
import { lookAtCache } from './at-edge/cache.ts';
import { lookAtChanges } from './at-edge/change.ts';
import {
  composeMarker,
  composeRequestCode,
  PRINTING_CODE,
  RESPONSE_CODE,
  type Server,
} from './at-edge/code.ts';
import { ANYBODYS, composeConfig, PAGES } from './at-edge/config.ts';
import { lookAtFigures } from './at-edge/figures.ts';
import { createFunction, createPublished } from './at-edge/function.ts';
import { compareTests, lookAtTests } from './at-edge/function-tests.ts';
import { lookAtHelpers } from './at-edge/helpers.ts';
import { lookAtLines, printLines } from './at-edge/log-lines.ts';
import { lookAtRefusals } from './at-edge/refusals.ts';
import { lookAtRequests } from './at-edge/requests.ts';
import { createSite, openVisit, type Site, type Visit, waitForPage } from './at-edge/site.ts';
import { timeWrites } from './at-edge/spread.ts';
import type { ProbeClients } from './clients.ts';
import type { MeasurePart, PartRun } from './part-run.ts';
import { measureStore, type Store } from './store.ts';
import { seconds } from './wait.ts';

/**
 * CloudFront, its functions and their store. All is asked of one distribution, because each change of one takes
 * minutes; meanwhile what needs none is looked at.
 */
export const measureEdge: MeasurePart = async (clients, run) => {
  const { scratch, say, add } = run;
  const { cloudfront } = clients;
  const { store, measured } = await measureStore(clients, scratch);
  add(...measured);
  const site = await createPages(clients, run);
  const functions = await createFunctions(clients, run, store);
  const control = await createControl({ client: cloudfront, scratch }, scratch.name);
  const made = await start(clients, run, { site, functions, control });
  const begun = performance.now();
  await site.letIn(made.arn, ANYBODYS);
  say('a distribution is made, which takes minutes; so it does to go again');
  const { request, response, draft } = functions;
  const arns = { unpublished: draft.arn, published: response.arn };
  add(...(await lookAtRefusals({ ...arns, cloudfront, scratch, bucket: site.bucket, control })));
  add(...(await lookAtTests(request)));
  await waitUntilDeployed(cloudfront, made.id, run.signal);
  const deployed = seconds(performance.now() - begun);
  say(`distribution ${made.domain} is deployed after ${deployed}`);
  await visitAll(clients, run, { store, site, functions, made, deployed });
};

interface Ready {
  readonly store: Store;
  readonly site: Site;
  readonly functions: Functions;
  readonly made: Made;
  readonly deployed: string;
}

async function visitAll(clients: ProbeClients, run: PartRun, ready: Ready): Promise<void> {
  const { scratch, say, add, signal, minute } = run;
  const { cloudwatch, logs } = clients;
  const visit = openVisit(run, ready.made.domain);
  await waitForPage(visit, '/page', signal);
  const printing = { logs, visit, signal, name: `${scratch.name}-printing` };
  const printed = await printLines(printing, scratch);
  const counted = { cloudwatch, signal, minute, name: printing.name, ranAt: Date.now() };
  const visitRest = async () => {
    await visitEach(clients, run, { ...ready, visit });
    // They come minutes later.
    say('log lines and metrics');
    add(...(await lookAtLines(printing, printed)));
  };
  // Figures are looked for when they are due, and not when all else was seen.
  await Promise.all([lookAtFigures(counted).then((measured) => add(...measured)), visitRest()]);
}

async function visitEach(
  { cloudfront }: ProbeClients,
  run: PartRun,
  { store, site, functions, made, deployed, visit }: Ready & { readonly visit: Visit },
): Promise<void> {
  const { scratch, say, add, signal, minute } = run;
  const { request, marker, next } = functions;
  add(...(await lookAtRequests(visit)), ...(await lookAtHelpers(visit, scratch.name)));
  say('the cache: an invalidation takes a minute');
  add(...(await lookAtCache({ cloudfront, distribution: made.id, site, visit, signal })));
  say('writes of the store');
  add(...(await compareTests({ request, store, visit, minute })));
  const { measured, times } = await timeWrites({ ...run, store, visit });
  run.took(times);
  add(measured);
  say('a change of a function, and one of the distribution');
  add(...(await lookAtChanges({ cloudfront, signal, made, deployed, visit, marker, next })));
}

async function createPages({ s3 }: ProbeClients, { scratch }: PartRun): Promise<Site> {
  const site = await createSite(s3, scratch, `${scratch.name}-pages`);
  for (const [key, body] of Object.entries(PAGES)) await site.put(key, body);
  return site;
}

type Functions = Awaited<ReturnType<typeof createFunctions>>;

async function createFunctions(
  { cloudfront, s3 }: ProbeClients,
  { scratch }: PartRun,
  store: Store,
) {
  const make = (kind: string, code: string) => createPublished(cloudfront, scratch, { kind, code });
  return {
    request: await createPublished(cloudfront, scratch, {
      kind: 'request',
      code: composeRequestCode(await findServer(s3)),
      store: store.arn,
    }),
    response: await make('response', RESPONSE_CODE),
    marker: await make('marker', composeMarker('first')),
    next: await make('next', composeMarker('third')),
    printing: await make('printing', PRINTING_CODE),
    draft: await createFunction(cloudfront, scratch, { kind: 'draft', code: RESPONSE_CODE }),
  };
}

async function start(
  { cloudfront }: ProbeClients,
  { scratch }: PartRun,
  ground: { readonly site: Site; readonly functions: Functions; readonly control: string },
): Promise<Made> {
  const { site, functions, control } = ground;
  const { request, response, marker, printing } = functions;
  const maker = { client: cloudfront, scratch };
  const config = composeConfig({
    name: scratch.name,
    bucket: site.bucket,
    control,
    headers: await createHeaders(maker, scratch.name),
    request: request.arn,
    response: response.arn,
    marker: marker.arn,
    printing: printing.arn,
  });
  return startDistribution(maker, config);
}

/** Where S3 answers, asked as any server would be: it says in its errors which bucket it was asked for. */
async function findServer(s3: S3Client): Promise<Server> {
  const endpoint = await findEndpoint(s3);
  if (endpoint === undefined) {
    return { domain: `s3.${GLOBAL_REGION}.amazonaws.com`, port: 443, protocol: 'https' };
  }
  const { hostname: domain, protocol, port } = new URL(endpoint);
  const isSecure = protocol === 'https:';
  const usual = isSecure ? 443 : 80;
  return { domain, port: Number(port || usual), protocol: isSecure ? 'https' : 'http' };
}
