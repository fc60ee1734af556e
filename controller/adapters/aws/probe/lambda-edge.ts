import type { ProbeClients } from './clients.ts';
import {
  composeBehaviour,
  createControl,
  startDistribution,
  waitUntilDeployed,
} from './distribution.ts';
import { RESPONSE_CODE } from './at-edge/code.ts';
import { createPublished } from './at-edge/function.ts';
import { ask } from './at-edge/refusals.ts';
import { createSite, openVisit, type Site, waitForPage } from './at-edge/site.ts';
import { LAMBDA_CODE, LOADING_CODE } from './lambda-edge/code.ts';
import { composeConfig, LAMBDA_PAGES, runs } from './lambda-edge/config.ts';
import { lookAtFailures, lookAtMetrics } from './lambda-edge/failures.ts';
import { createVersion } from './lambda-edge/functions.ts';
import { lookAtOrigin } from './lambda-edge/origin-events.ts';
import { lookAtPermission } from './lambda-edge/permission.ts';
import { lookAtViewers } from './lambda-edge/viewer-events.ts';
import { observe } from './observe.ts';
import type { MeasurePart, PartRun } from './part-run.ts';
import { createRole } from './roles/role.ts';

/** Functions of Lambda@Edge, on a distribution of their own. */
export const measureLambdaEdge: MeasurePart = async (clients, run) => {
  const { scratch, say, add, signal } = run;
  const { cloudfront, lambda, cloudwatch } = clients;
  const { first, other } = await createSites(clients, run);
  const trust = { Principal: { Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] } };
  const role = await createRole(clients.iam, scratch, { suffix: 'role', trust });
  const making = { lambda, scratch, signal, role: role.arn };
  const [main, loading] = await Promise.all([
    createVersion(making, { kind: 'lambda', code: LAMBDA_CODE }),
    createVersion(making, { kind: 'loading', code: LOADING_CODE }),
  ]);
  const versions = { lambda: main, loading };
  const maker = { client: cloudfront, scratch };
  const control = await createControl(maker, scratch.name);
  const ground = { name: scratch.name, bucket: first.bucket, control, ...versions };
  const made = await startDistribution(maker, composeConfig(ground));
  await first.letIn(made.arn);
  await other.letIn(made.arn);
  say('a distribution is made, which takes minutes; replicas of its functions stay for hours');
  add(await lookAtMixture(clients, run, ground));
  await waitUntilDeployed(cloudfront, made.id, signal);
  const visit = openVisit(run, made.domain);
  await waitForPage(visit, '/page', signal);
  say(`distribution ${made.domain} is deployed`);
  const visiting = { visit, signal };
  const looks = [lookAtFailures(visiting), lookAtOrigin(visiting), lookAtViewers(visit)];
  add(...(await Promise.all(looks)).flat());
  add(await lookAtPermission(clients, run, { made, versions: Object.values(versions) }));
  say('metrics, which come minutes later');
  add(...(await lookAtMetrics({ cloudwatch, signal, distribution: made.id })));
};

async function createSites({ s3 }: ProbeClients, { scratch }: PartRun) {
  const first: Site = await createSite(s3, scratch, `${scratch.name}-lambda`);
  for (const [key, body, control] of LAMBDA_PAGES) await first.put(key, body, control);
  const other = await createSite(s3, scratch, `${scratch.name}-other`);
  await other.put('lambda/other', 'second');
  return { first, other };
}

/** A CloudFront Function beside one of Lambda@Edge, both at viewer events. */
async function lookAtMixture(
  { cloudfront }: ProbeClients,
  { scratch }: PartRun,
  {
    lambda,
    ...ground
  }: { readonly lambda: string; readonly bucket: string; readonly control: string },
) {
  return observe('association-codes-lambda', async () => {
    const draft = { kind: 'beside', code: RESPONSE_CODE };
    const { arn } = await createPublished(cloudfront, scratch, draft);
    const mixed = {
      ...composeBehaviour('bucket', { runs: { 'viewer-response': arn } }),
      LambdaFunctionAssociations: runs(lambda, ['viewer-request']),
    };
    const order = { cloudfront, scratch, ...ground };
    const said = await ask(order, 'mixed', { DefaultCacheBehavior: mixed });
    return [said === '400 InvalidFunctionAssociation', said];
  });
}
