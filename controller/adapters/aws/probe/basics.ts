import { measureBucket } from './bucket.ts';
import { measureClockSkew } from './clock-skew.ts';
import { measureParameter } from './parameter.ts';
import type { MeasurePart } from './part-run.ts';

/** What needs next to nothing. */
export const measureBasics: MeasurePart = async ({ s3, ssm, sts }, run) => {
  const { scratch, add, say } = run;
  say('clocks');
  add(await measureClockSkew(sts));
  say('S3');
  add(...(await measureBucket(s3, run)));
  say('SSM');
  add(...(await measureParameter(ssm, scratch)));
};
