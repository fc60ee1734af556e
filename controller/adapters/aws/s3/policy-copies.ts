import type { S3Client } from '@aws-sdk/client-s3';
import { ConflictError, UsageError } from '../../../core/errors.ts';
import {
  isSameCopy,
  POLICY_COPY_VERSION,
  renderCopy,
  type PolicyCopy,
} from '../../../core/policy/policy-copy.ts';
import { keys } from '../../../core/state/keys.ts';
import type { PolicyCopies } from '../../../ports/policy-copies.ts';
import { readObject, writeObject } from './objects.ts';

export function createPolicyCopies(client: S3Client, name: string): PolicyCopies {
  const bucket = { client, name };
  const read: PolicyCopies['read'] = async (app) => {
    const key = keys.policyCopy(app);
    const object = await readObject(bucket, key);
    if (object === undefined) return undefined;
    return { copy: parseCopy(object.bytes, `s3://${name}/${key}`), revision: object.etag };
  };
  return {
    read,
    async write(copy, revision) {
      const key = keys.policyCopy(copy.app);
      const body = Buffer.from(renderCopy(copy));
      const condition = revision === undefined ? 'absent' : { etag: revision };
      const object = { key, body, contentType: 'application/json' };
      if ((await writeObject(bucket, object, condition)) !== undefined) return;
      // By a run of the same texts, or by us: the answer to an earlier attempt may have been lost.
      const present = await read(copy.app);
      if (present !== undefined && isSameCopy(present.copy, copy)) return;
      throw new ConflictError(
        `Another run wrote the policies of ${copy.app} to the bucket meanwhile.`,
      );
    },
  };
}

/** Only Headgate writes it, under compare-and-set; what can differ is the version that wrote it. */
function parseCopy(bytes: Uint8Array, place: string): PolicyCopy {
  const next = 'Delete it, and run `headgate reconcile` with this version: that writes it anew.';
  let copy: PolicyCopy;
  try {
    copy = JSON.parse(Buffer.from(bytes).toString()) as PolicyCopy;
  } catch (cause) {
    throw new UsageError(`${place} is not JSON: something else than Headgate wrote it.`, next, {
      cause,
    });
  }
  const version: number = copy.version;
  if (version === POLICY_COPY_VERSION) return copy;
  throw new UsageError(
    `${place} has version ${version}; this Headgate reads version ${POLICY_COPY_VERSION}.`,
    next,
  );
}
