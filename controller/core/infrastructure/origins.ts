/** The origins of a distribution. */
import type { EnvironmentSubject } from '../policy/subjects.ts';
import { keys } from '../state/keys.ts';
import {
  apiOrigin,
  BUILDS_ORIGIN,
  POOL_ORIGIN,
  POOLS_GROUP,
  UNTRUSTED_POOL_ORIGIN,
} from './behaviours.ts';
import type { Facts } from './facts.ts';
import { idOfEnvironment } from './scope.ts';
import { CONTROL_ID } from './shared.ts';
import { ref } from './template.ts';

type Origin = Readonly<Record<string, unknown>>;

export function composeOrigins({ setup }: Facts, subject: EnvironmentSubject): readonly Origin[] {
  const { app, environment } = subject;
  const hasPool = app.pool.include.length > 0;
  const apis = Object.values(setup.apis[idOfEnvironment(subject)] ?? {});
  return [
    composeBucketOrigin(subject, BUILDS_ORIGIN, ''),
    ...(hasPool ? [composeBucketOrigin(subject, POOL_ORIGIN, keys.pool(app.app))] : []),
    ...(hasPool && environment.preview.builds === 'all'
      ? [composeBucketOrigin(subject, UNTRUSTED_POOL_ORIGIN, keys.untrustedPool(app.app))]
      : []),
    ...Object.entries(setup.origins[app.app] ?? {}).map(([id, url]) => composeServer(id, url)),
    ...[...new Set(apis)].map((url) => composeServer(apiOrigin(url), url)),
  ];
}

/** Pull requests' pooled files lie beside the app's; S3 says 403 or 404 of what isn't in the first. */
export function composeOriginGroups({ app, environment }: EnvironmentSubject) {
  if (environment.preview.builds !== 'all' || app.pool.include.length === 0) return undefined;
  const statuses = [403, 404];
  const members = [POOL_ORIGIN, UNTRUSTED_POOL_ORIGIN].map((OriginId) => ({ OriginId }));
  return {
    Quantity: 1,
    Items: [
      {
        Id: POOLS_GROUP,
        FailoverCriteria: { StatusCodes: { Quantity: statuses.length, Items: statuses } },
        Members: { Quantity: members.length, Items: members },
      },
    ],
  };
}

/** `folder` with a slash last, as keys have it. */
function composeBucketOrigin({ app }: EnvironmentSubject, Id: string, folder: string): Origin {
  return {
    Id,
    DomainName: domainOfBucket(app),
    ...(folder !== '' && { OriginPath: `/${folder.slice(0, -1)}` }),
    OriginAccessControlId: ref(CONTROL_ID),
    // CloudFront wants it beside an access control, empty.
    S3OriginConfig: { OriginAccessIdentity: '' },
  };
}

/** Follows from its name, so a bucket of another region need not be there first. */
function domainOfBucket({ bucket, region }: { readonly bucket: string; readonly region: string }) {
  return `${bucket}.s3.${region}.amazonaws.com`;
}

function composeServer(Id: string, url: string): Origin {
  const { hostname, port, pathname } = new URL(url);
  return {
    Id,
    DomainName: hostname,
    ...(pathname !== '/' && { OriginPath: pathname }),
    CustomOriginConfig: {
      OriginProtocolPolicy: 'https-only',
      OriginSSLProtocols: ['TLSv1.2'],
      ...(port !== '' && { HTTPSPort: Number(port) }),
    },
  };
}
