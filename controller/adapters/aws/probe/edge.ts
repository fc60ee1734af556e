import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Measured } from '../../../core/doctor/probe/statement.ts';
import type { Probe, Probed } from '../../../ports/probe.ts';
import { createDistribution } from './distribution.ts';
import { REQUEST_CODE, RESPONSE_CODE, SEEN } from './edge-code.ts';
import { createEdgeFunction } from './edge-function.ts';
import { observe } from './observe.ts';
import type { Scratch } from './scratch.ts';
import type { Store } from './store.ts';

export interface EdgeClients {
  readonly cloudfront: CloudFrontClient;
  readonly s3: S3Client;
  readonly visitor: Probe;
}

const TIMEOUT_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 250;
const LATEST_MILLISECONDS = 300_000;
const PAGE = 'page.html';

type Visit = (
  path: string,
  cookie?: string,
) => Promise<Exclude<Probed, { readonly error: string }>>;

/** Rules of CloudFront's edge, and how long a write of the store takes to get there. */
export async function measureEdge(
  clients: EdgeClients,
  scratch: Scratch,
  { store, writes, say }: { readonly store: Store; readonly writes: number; readonly say: Say },
): Promise<{ readonly measured: readonly Measured[]; readonly propagation: readonly number[] }> {
  const { cloudfront, s3, visitor } = clients;
  const bucket = await createPage(s3, scratch);
  const make = (event: string, code: string, arn?: string) =>
    createEdgeFunction(cloudfront, scratch, { event, code, ...(arn && { store: arn }) });
  const request = await make('viewer-request', REQUEST_CODE, store.arn);
  const response = await make('viewer-response', RESPONSE_CODE);
  const plan = { bucket, viewerRequest: request.arn, viewerResponse: response.arn };
  const { arn, domain } = await createDistribution(cloudfront, scratch, plan);
  const Policy = composePolicy(bucket, arn);
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  say(`distribution ${domain} is deployed`);
  const visit: Visit = async (path, cookie) => {
    const options = { timeoutMilliseconds: TIMEOUT_MILLISECONDS, ...(cookie && { cookie }) };
    const answer = await visitor.get(`https://${domain}${path}`, options);
    if ('error' in answer) throw new Error(`${domain}${path}: ${answer.error}`);
    return answer;
  };
  await waitForPage(visit);
  const measured = [
    ...(await lookAtEdge(visit)),
    await observe('helper-test', async () => {
      const error = await request.test('/origin');
      return [error === '', error || 'no error'];
    }),
  ];
  return { measured, propagation: await timeWrites(store, { visit, writes, say }) };
}

type Say = (line: string) => void;

async function createPage(s3: S3Client, scratch: Scratch): Promise<string> {
  const Bucket = `${scratch.name}-pages`;
  scratch.keep(`bucket ${Bucket}`, () => s3.send(new DeleteBucketCommand({ Bucket })));
  await s3.send(new CreateBucketCommand({ Bucket }));
  scratch.keep(`page of ${Bucket}`, () => s3.send(new DeleteObjectCommand({ Bucket, Key: PAGE })));
  await s3.send(
    new PutObjectCommand({ Bucket, Key: PAGE, Body: 'page', ContentType: 'text/html' }),
  );
  return Bucket;
}

/** The distribution may read, and list: without that S3 says 403 of what isn't there. */
function composePolicy(bucket: string, distribution: string): string {
  const common = {
    Effect: 'Allow',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Condition: { StringEquals: { 'AWS:SourceArn': distribution } },
  };
  const Statement = [
    { ...common, Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` },
    { ...common, Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}` },
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** The policy of the bucket came last, and DNS takes its time. */
async function waitForPage(visit: Visit): Promise<void> {
  const deadline = Date.now() + LATEST_MILLISECONDS;
  for (;;) {
    const status = await visit('/page').then(
      (answer) => answer.status,
      (error: unknown) => error,
    );
    if (status === 200) return;
    if (Date.now() > deadline) throw new Error(`The page is never there: ${String(status)}`);
    await sleep(POLL_MILLISECONDS);
  }
}

async function lookAtEdge(visit: Visit): Promise<readonly Measured[]> {
  const seenBy = async (path: string, cookie?: string) => {
    const answer = await visit(path, cookie);
    return (answer.headers[SEEN] ?? 'no header').split('|');
  };
  return [
    await observe('response-sees-request', async () => {
      const [path] = await seenBy('/page');
      return [path === '/page', `viewer-response saw: ${path}`];
    }),
    await observe('path-as-sent', async () => {
      const [path] = await seenBy('/a%2Fb//c');
      return [path === '/a%2Fb//c', `/a%2Fb//c was seen as ${path}`];
    }),
    await observe('values-not-decoded', async () => {
      const [, query, cookie] = await seenBy('/page?q=a%2Fb', 'c=a%2Fb');
      return [query === 'a%2Fb' && cookie === 'a%2Fb', `query: ${query}, cookie: ${cookie}`];
    }),
    await observe('root-object', async () => {
      const answer = await visit('/');
      const [path] = (answer.headers[SEEN] ?? '').split('|');
      return [path === '/' && answer.body === 'page', `seen as ${path}, status ${answer.status}`];
    }),
    await observe('headers-of-errors', async () => {
      const { status, headers } = await visit('/missing');
      const said = headers['cache-control'] ?? 'nothing';
      return [status === 404 && said === 'no-store', `${status}, cache-control: ${said}`];
    }),
    await observe('generated-no-response-function', async () => {
      const { headers } = await visit('/generated');
      const [seen, said] = [headers[SEEN] ?? 'nothing', headers['cache-control'] ?? 'nothing'];
      return [seen === 'nothing' && said === 'nothing', `${SEEN}: ${seen}, cache-control: ${said}`];
    }),
  ];
}

/** Each write waits for the one before: they are never on their way together. */
async function timeWrites(
  store: Store,
  { visit, writes, say }: { readonly visit: Visit; readonly writes: number; readonly say: Say },
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let write = 1; write <= writes; write += 1) {
    const begun = performance.now();
    await store.put('written', String(write));
    for (;;) {
      const { headers } = await visit('/page');
      const taken = performance.now() - begun;
      if (headers[SEEN]?.split('|').at(-1) === String(write)) {
        times.push(Math.round(taken));
        break;
      }
      if (taken > LATEST_MILLISECONDS) return times;
      await sleep(POLL_MILLISECONDS);
    }
    say(`write ${write} of ${writes}: ${times.at(-1)} ms`);
  }
  return times;
}
