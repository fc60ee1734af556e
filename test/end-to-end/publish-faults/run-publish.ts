import { S3Client } from '@aws-sdk/client-s3';
import { buildClientConfig } from '../../../controller/adapters/aws/client-config.ts';
import { renewExpired } from '../../../controller/adapters/aws/renew-credentials.ts';
import { loadStoresOnCall } from '../../../controller/adapters/aws/s3/load-on-call.ts';
import { publish } from '../../../controller/commands/publish.ts';
import { createContext } from '../../../controller/context.ts';
import { exitCodeOf, explainError } from '../../../controller/core/report/failure.ts';
import type { Files } from '../../../controller/ports/files.ts';
import { BUCKET, REGION, type Bucket } from './bucket.ts';
import type { Asked, Meet, Network } from './network.ts';

export interface PublishRun {
  readonly network: Network;
  readonly bucket: Bucket;
  readonly directory: string;
  readonly build: string;
  readonly meet?: Meet;
  readonly files?: Files;
  /** Whether whoever gave the credentials gives new ones; by default it does. */
  readonly renewable?: boolean;
}

export interface Ended {
  readonly code: number;
  /** All that a person reads of it. */
  readonly said: string;
  readonly asked: readonly Asked[];
}

/** S3 itself. */
const undisturbed: Meet = (_, s3) => s3();

/**
 * `headgate publish` with its real adapters, over the network, in this process: a process of its own for each of
 * hundreds of runs would take minutes of starting alone.
 */
export async function publishHere(run: PublishRun): Promise<Ended> {
  const { network, bucket, directory, build, meet = undisturbed, renewable = true } = run;
  const { token, asked } = network.open(bucket.s3, meet);
  let renewals = -1;
  const credentials = async () => {
    if (renewable || renewals < 0) renewals += 1;
    const sessionToken = `${token}.${renewals}`;
    return { accessKeyId: 'local', secretAccessKey: 'local', sessionToken };
  };
  const place = { endpoint: network.endpoint, forcePathStyle: true, credentials };
  const client = renewExpired(new S3Client({ ...buildClientConfig(REGION), ...place }));
  const said: string[] = [];
  const note = (text: string) => void said.push(text);
  const usual = createContext();
  const context = {
    ...usual,
    ...loadStoresOnCall(async () => client),
    ...(run.files && { files: run.files }),
    terminal: {
      interactive: false,
      print: note,
      note,
      progress: () => {},
      summary: async () => {},
    },
    surroundings: { ...NOWHERE },
  };
  const values = { bucket: BUCKET, region: REGION, app: 'shop', build };
  try {
    const code = await publish.run({ positionals: [directory], values }, context);
    return { code, said: said.join('\n'), asked };
  } catch (error) {
    return { code: exitCodeOf(error), said: [...said, explainError(error)].join('\n'), asked };
  } finally {
    client.destroy();
  }
}

/** This process stands in a checkout of ours, which says nothing of these builds. */
const NOWHERE = {
  facts: async () => ({ by: 'tester', commit: undefined }),
  source: async () => ({}),
  committedAt: async () => undefined,
  github: async () => undefined,
};
