/** `acme.s3.eu-west-1.amazonaws.com`, and the older forms without a region or with a dash. */
const S3_DOMAIN = /^(.+)\.s3(?:[.-]([a-z]{2}(?:-[a-z]+){1,2}-\d))?\.amazonaws\.com(?:\.cn)?$/;

/** The bucket that an origin's domain names; undefined: it names a server, or a bucket's website. */
export function readBucket(
  domain: string,
): { readonly bucket: string; readonly region: string | undefined } | undefined {
  const [, bucket, region] = S3_DOMAIN.exec(domain) ?? [];
  return bucket === undefined ? undefined : { bucket, region };
}
