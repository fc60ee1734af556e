/** The one role that may delete builds. */
import type { PolicyDocument } from '../document.ts';
import { keys } from '../../state/keys.ts';
import type { RoleFacts } from './facts.ts';
import { bucketsOf, functionsOf, lambdasOf, objects } from './places.ts';
import { parametersOf, readRoutes } from './reads.ts';
import { allow, documentOf } from './statements.ts';

export function collecting(facts: RoleFacts): PolicyDocument {
  const { groups } = facts.policies;
  // Builds of an app with a root of its own lie beside things that are not Headgate's, and stay.
  const apps = facts.policies.apps.filter(({ root }) => root === undefined);
  const code = groups.flatMap((group) => objects(group, 'edge/*'));
  return documentOf(
    allow(
      'ReadWhatIsNeeded',
      ['s3:GetObject'],
      [...apps.flatMap((app) => objects(app, `${app.app}/*`)), ...code],
    ),
    allow(
      'ListAll',
      ['s3:ListBucket', 's3:ListBucketMultipartUploads'],
      bucketsOf([...apps, ...groups]),
    ),
    allow(
      'DeleteAndRestore',
      ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
      apps.flatMap((app) => objects(app, ...collectedOf(app.app))),
    ),
    // Bundles are small: there are no parts of them.
    allow('DeleteCode', ['s3:PutObject', 's3:DeleteObject'], code),
    allow(
      'ReadWhatIsPublished',
      ['cloudfront:GetFunction', 'cloudfront:DescribeFunction'],
      functionsOf(groups),
    ),
    allow('ReadVersions', ['lambda:ListVersionsByFunction'], lambdasOf(groups)),
    readRoutes(facts),
    allow('ReadParameters', ['ssm:GetParameters'], apps.flatMap(parametersOf)),
  );
}

function collectedOf(app: string): readonly string[] {
  return [
    `${keys.builds({ app })}*`,
    `${keys.pool(app)}*`,
    `${app}/untrusted/*`,
    `${app}/leases/*`,
    `${keys.tombstones(app)}*`,
  ];
}
