import { CreateKeyValueStoreCommand } from '@aws-sdk/client-cloudfront';
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { mapAtOnce } from '../../controller/core/at-once.ts';
import { renderManifest } from '../../controller/core/publish/manifest-text.ts';
import { keys } from '../../controller/core/state/keys.ts';
import { DEFAULT_SETTINGS, MANIFEST_VERSION } from '../../controller/core/state/manifest.ts';
import type { Result } from './command.ts';
import { BUCKET, REGION, STORE } from './policy.ts';
import { createEmptySetting, type RunOptions, type Setting } from './setting.ts';
import { BEHAVIOUR, createAccessControl, createBucket, createDistribution } from './site.ts';

export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;

/** Many apps with three environments each, one edge group, one bucket, an alarm per environment. */
export interface Fleet {
  readonly setting: Setting;
  /** Until there are so many apps; none of the new ones is released yet. */
  grow(apps: number): Promise<void>;
  /** Publishes this build of the first apps, and names it in their policies of prod. */
  name(build: string, apps: number): Promise<void>;
  reconcile(env?: RunOptions['env']): Promise<Result>;
}

/** `builds`: how many different ones the environments of an app serve. */
export async function createFleet(builds: number): Promise<Fleet> {
  const setting = await createEmptySetting();
  await createBucket(setting);
  await setting.clients.cloudFront.send(new CreateKeyValueStoreCommand({ Name: STORE }));
  await writePolicyFile(setting, 'edge', {
    apiVersion: 'headgate/v1',
    groups: {
      prod: {
        runtime: 'cloudfront-functions',
        keyValueStore: STORE,
        bucket: BUCKET,
        region: REGION,
      },
    },
  });
  const accessControl = await createAccessControl(setting);
  let count = 0;
  let all: readonly App[] = [];
  return {
    setting,
    async grow(apps) {
      const names = Array.from({ length: apps - count }, (_, index) => nameApp(count + index));
      count = apps;
      const made = await mapAtOnce(names, 4, (app) => {
        return createApp(setting, { app, builds, accessControl });
      });
      all = [...all, ...made];
    },
    async name(build, apps) {
      await mapAtOnce(all.slice(0, apps), 4, async ({ app, environments }) => {
        await publishBuild(setting, app, build);
        const prod = { ...environments['prod'], release: { build } };
        await writePolicyFile(setting, app, composeApp(app, { ...environments, prod }));
      });
    },
    reconcile: (env = {}) => setting.run(['reconcile'], { env }),
  };
}

function nameApp(index: number): string {
  return `app-${String(index + 1).padStart(3, '0')}`;
}

interface App {
  readonly app: string;
  /** As their policy has them. */
  readonly environments: Readonly<Record<string, object>>;
}

function composeApp(app: string, environments: App['environments']) {
  return { apiVersion: 'headgate/v1', app, bucket: BUCKET, region: REGION, environments };
}

interface NewApp {
  readonly app: string;
  readonly builds: number;
  readonly accessControl: string;
}

async function createApp(setting: Setting, { app, builds, accessControl }: NewApp): Promise<App> {
  for (let build = 1; build <= builds; build++) await publishBuild(setting, app, `${build}`);
  const made: [string, object][] = [];
  for (const [index, environment] of ENVIRONMENTS.entries()) {
    const host = `${environment}.${app}.localhost`;
    const alarm = `${app}-${environment}-errors`;
    await createAlarm(setting, alarm);
    const distribution = await createDistribution(setting, {
      CallerReference: host,
      accessControl,
      Aliases: { Quantity: 1, Items: [host] },
      folders: { pool: `/${app}/pool` },
      CacheBehaviors: {
        Quantity: 1,
        Items: [{ ...BEHAVIOUR, PathPattern: '/assets/*', TargetOriginId: 'pool' }],
      },
    });
    const settings = {
      hosts: [host],
      edge: { group: 'prod', distribution },
      release: { build: `${(index % builds) + 1}` },
      guard: { alarms: [{ name: alarm, region: REGION }], noData: 'pass' },
    };
    made.push([environment, settings]);
  }
  const environments = Object.fromEntries(made);
  await writePolicyFile(setting, app, composeApp(app, environments));
  return { app, environments };
}

async function writePolicyFile({ directory }: Setting, name: string, policy: unknown) {
  await mkdir(join(directory, 'policies'), { recursive: true });
  await writeFile(join(directory, 'policies', `${name}.yaml`), stringify(policy));
}

const PAGE = '<p>front page</p>';

async function publishBuild({ clients }: Setting, app: string, build: string): Promise<void> {
  const page = {
    path: 'index.html',
    location: 'build',
    size: PAGE.length,
    sha256: '0'.repeat(64),
    etag: '0'.repeat(32),
    contentType: 'text/html',
    cacheClass: 'document',
  } as const;
  const version: typeof MANIFEST_VERSION = MANIFEST_VERSION;
  const manifest = { version, app, build, settings: DEFAULT_SETTINGS, files: [page] };
  const objects = [
    [`${keys.build({ app }, build)}index.html`, PAGE],
    [keys.manifest({ app }, build), renderManifest(manifest)],
  ] as const;
  for (const [Key, Body] of objects) {
    await clients.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  }
}

async function createAlarm({ clients }: Setting, AlarmName: string): Promise<void> {
  await clients.cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      Namespace: 'Storefront',
      MetricName: AlarmName,
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
}
