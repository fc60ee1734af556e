/** Why a statement isn't measured. */
export const WHY = {
  time: 'a time that this cloud chose; AWS has its own, and everything waits for what it says',
  role: 'needs roles and sessions of its own: nobody should run this with a right to make roles',
  alarm: 'needs an alarm that is watched for many minutes',
  lambda: 'needs a Lambda@Edge function, whose replicas stay for hours',
  table: 'needs a global table',
  logs: 'needs log lines of visitors, which come when CloudFront likes',
  stack: 'needs stacks; `npm run smoke:aws` makes one',
  later: 'no probe is written yet',
  strict: 'only stricter here: nothing depends on it',
  onePlace: "can't be seen from one place",
} as const;
