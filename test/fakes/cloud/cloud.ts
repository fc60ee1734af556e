import { createCloudWatch } from '../../../controller/local/cloudwatch/cloudwatch.ts';
import { createKeyValueStoreService } from '../../../controller/local/keyvaluestore/service.ts';
import { openKeyValueStores } from '../../../controller/local/keyvaluestore/stores.ts';
import { createS3 } from '../../../controller/local/s3/s3.ts';
import type {
  Service,
  ServiceRequest,
  ServiceResponse,
} from '../../../controller/local/service.ts';
import { createSsm } from '../../../controller/local/ssm/ssm.ts';
import { createMemoryDisk } from './memory-disk.ts';

export const BUCKET = 'builds';
export const REGION = 'us-east-1';
const STORE = 'headgate-prod';

const NO_QUERY = new URLSearchParams();

/** A store is there 3 s after it is made. */
const PROVISIONING_MILLISECONDS = 3000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

type Sent = Partial<Pick<ServiceRequest, 'method' | 'path' | 'headers'>> & {
  readonly body?: unknown;
  readonly query?: string;
};

function textOf({ body = '', pieces }: ServiceResponse): string {
  if (typeof body === 'string' && pieces === undefined) return body;
  return Buffer.concat([...(pieces ?? [Buffer.from(body)])]).toString();
}

/**
 * The state machines of the local cloud's services, without HTTP, signatures and disk, by a clock
 * that only tests move.
 */
export class Cloud {
  now = Date.parse('2026-03-01T00:00:00Z');
  /** Requests that may have changed an object: what was read since the last of them is as it is. */
  objectWrites = 0;
  /** The same of SSM parameters. */
  parameterWrites = 0;
  readonly storeArn: string;
  readonly #services: Readonly<Record<'s3' | 'ssm' | 'store' | 'cloudWatch', Service>>;
  readonly #stores: ReturnType<typeof openKeyValueStores>;
  readonly #close: () => void;

  constructor() {
    const disk = createMemoryDisk();
    const clock = { now: () => new Date(this.now), speed: 1 };
    this.#stores = openKeyValueStores({ disk, clock, propagationSeconds: 0 });
    this.storeArn = this.#stores.create(STORE, '').arn;
    const cloudWatch = createCloudWatch({ disk, clock });
    this.#close = () => cloudWatch.close();
    this.#services = {
      s3: createS3({ disk, clock }),
      ssm: createSsm({ disk, clock }),
      store: createKeyValueStoreService(this.#stores),
      cloudWatch,
    };
    this.now += PROVISIONING_MILLISECONDS;
  }

  /** A request of the service's own API. Throws what the service throws. */
  async send(service: 's3' | 'ssm' | 'store' | 'cloudWatch', sent: Sent): Promise<Answer> {
    const { method = 'POST', path = '/', headers = {}, body, query = '' } = sent;
    if (service === 's3' && method !== 'GET') this.objectWrites++;
    const answer = await this.#services[service].handle({
      method,
      path,
      query: query === '' ? NO_QUERY : new URLSearchParams(query),
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? {})),
      region: REGION,
      requestId: '1',
    });
    return {
      status: answer.status,
      headers: answer.headers ?? {},
      text: textOf(answer),
    };
  }

  /** An operation of a service that speaks JSON. */
  async call<Output>(
    service: 'ssm' | 'cloudWatch',
    operation: string,
    input: object,
  ): Promise<Output> {
    const target = service === 'ssm' ? 'AmazonSSM' : 'GraniteServiceVersion20100801';
    const headers = { 'x-amz-target': `${target}.${operation}` };
    if (service === 'ssm' && operation !== 'GetParameters') this.parameterWrites++;
    return JSON.parse((await this.send(service, { headers, body: input })).text) as Output;
  }

  /** What functions at the edge read. */
  readKey(key: string): string | undefined {
    return this.#stores.view(this.storeArn)?.get(key);
  }

  /** Somebody's hands in the store: no run of ours. */
  changeKeys(puts: readonly (readonly [string, string])[], deletes: readonly string[]): void {
    const record = this.#stores.records.get(STORE);
    if (record !== undefined) this.#stores.change(record, { puts, deletes });
  }

  close(): void {
    this.#close();
  }
}

export async function createCloud(alarms: readonly string[]): Promise<Cloud> {
  const cloud = new Cloud();
  const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  await cloud.send('s3', { method: 'PUT', path: `/${BUCKET}`, headers, body: '' });
  for (const AlarmName of alarms) {
    await cloud.call('cloudWatch', 'PutMetricAlarm', {
      AlarmName,
      Namespace: 'Shop',
      MetricName: AlarmName,
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      // No metric ever comes in: only tests change its state.
      TreatMissingData: 'ignore',
    });
  }
  return cloud;
}
