/** Distributions of somebody else that read a stack's bucket: the policy that lets them goes with the stack. */
import type { Template } from '../infrastructure/template.ts';
import type { Distribution } from '../plan/behaviours.ts';
import { isBucket } from '../plan/replaced.ts';

export interface ForeignReader {
  readonly bucket: string;
  /** The id of a distribution that the stack doesn't make. */
  readonly distribution: string;
}

/** By the bucket policies of a template: distributions of its own have references there, others their ids. */
export function listForeignReaders({ Resources }: Template): readonly ForeignReader[] {
  return Object.values(Resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::S3::BucketPolicy') return [];
    const { Ref = '' } = Properties['Bucket'] as { readonly Ref?: string };
    const bucket = String(Resources[Ref]?.Properties['BucketName']);
    const text = JSON.stringify(Properties['PolicyDocument']);
    const ids = [...text.matchAll(/:distribution\/(\w+)"/g)].map(([, id = '']) => id);
    return [...new Set(ids)].map((distribution) => ({ bucket, distribution }));
  });
}

/** Whether visitors of that distribution get files of the bucket. */
export function isReading(live: Distribution | undefined, { bucket }: ForeignReader): boolean {
  return live?.enabled === true && live.behaviours.some((one) => isBucket(one, { bucket }));
}
