import type { Distribution } from '../../../controller/core/plan/behaviours.ts';
import { DOMAIN, HOST } from './policies.ts';

const LAMBDA_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:headgate-prod:1';

/** Every behaviour that runs the functions runs version 1 instead. */
export function withLambda(distribution: Distribution): Distribution {
  const events = ['viewer-request', 'origin-request', 'viewer-response'];
  return {
    ...distribution,
    behaviours: distribution.behaviours.map((one) => ({
      ...one,
      viewerRequestArn: undefined,
      viewerResponseArn: undefined,
      lambdas:
        one.viewerRequestArn === undefined
          ? []
          : events.map((event) => ({ event, arn: LAMBDA_ARN })),
    })),
  };
}

const ARN = 'arn:aws:cloudfront::000000000000:function/headgate-prod-';

export const DISTRIBUTION: Distribution = {
  id: 'E1EXAMPLE',
  domain: DOMAIN,
  aliases: [HOST],
  enabled: true,
  status: 'Deployed',
  originIds: ['builds', 'pool'],
  rootObject: '',
  revision: 'r1',
  behaviours: [behaviour('/assets/*', '/shop/pool', false), behaviour('*', '', true)],
};

function behaviour(pattern: string, originPath: string, runs: boolean) {
  return {
    pattern,
    originDomain: 'builds.s3.us-east-1.amazonaws.com',
    originPath,
    methods: ['GET', 'HEAD'],
    viewerRequestArn: runs ? `${ARN}request` : undefined,
    viewerResponseArn: runs ? `${ARN}response` : undefined,
    lambdas: [],
  };
}
