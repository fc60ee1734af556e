import { openCollection, type Collection } from '../keyvaluestore/collection.ts';
import { visibleVersion, type Version } from '../keyvaluestore/propagation.ts';
import type { CloudClock, Disk } from '../service.ts';
import type { XmlElement } from './xml.ts';

/** A distribution as it lies on disk. */
export interface DistributionRecord {
  readonly id: string;
  readonly arn: string;
  readonly domain: string;
  readonly tag: string;
  /** The configurations the edge may still be serving, and the newest. */
  readonly history: readonly Version<XmlElement>[];
}

export interface DistributionRecords extends Collection<DistributionRecord> {
  /** Writes are on their way to the edge until this moment (milliseconds since the epoch). */
  horizon(): number;
  /** What the edge serves; undefined until a new distribution is deployed. */
  deployed(record: DistributionRecord): XmlElement | undefined;
  isDeployed(record: DistributionRecord): boolean;
  /** Whether the newest configuration of any distribution names this id or ARN. */
  referTo(reference: string): boolean;
  /** Whether that, or a configuration the edge may still be serving, does, or replicas of a function are left of one. */
  mayServe(reference: string): boolean;
}

/** From a change until it is Deployed, before `speed` (assumed: minutes on AWS). */
const DEPLOY_SECONDS = 3;
/** From when no distribution names a Lambda@Edge function any more, before `speed` (hours on AWS). */
const REPLICA_SECONDS = 600;

export function openDistributions(disk: Disk, clock: CloudClock): DistributionRecords {
  const records = openCollection<DistributionRecord>(disk, 'cloudfront/distribution');
  const horizon = () => clock.now().getTime() - (DEPLOY_SECONDS * 1000) / clock.speed;
  const deployed = ({ history }: DistributionRecord) => visibleVersion(history, horizon())?.value;
  const replicas = openCollection<{ readonly since: number }>(disk, 'cloudfront/replica');
  const keepReplicas = (name: string) => {
    const record = records.get(name);
    const since = clock.now().getTime();
    for (const arn of record ? lambdasOf(configOf(record)) : []) replicas.set(arn, { since });
  };
  const hasReplicas = (arn: string) => {
    const { since = 0 } = replicas.get(arn) ?? {};
    return since > clock.now().getTime() - (REPLICA_SECONDS * 1000) / clock.speed;
  };
  return {
    ...records,
    set(name, record) {
      keepReplicas(name);
      records.set(name, record);
    },
    remove(name) {
      keepReplicas(name);
      records.remove(name);
    },
    horizon,
    deployed,
    isDeployed: ({ history }) => (history.at(-1)?.at ?? 0) <= horizon(),
    referTo: (reference) => records.values().some((record) => names(configOf(record), reference)),
    mayServe: (reference) =>
      hasReplicas(reference) ||
      records
        .values()
        .some((record) =>
          [configOf(record), deployed(record)].some((config) => names(config, reference)),
        ),
  };
}

function lambdasOf(config: XmlElement): readonly string[] {
  return JSON.stringify(config).match(/arn:aws:lambda:[\w:-]+/g) ?? [];
}

function names(config: XmlElement | undefined, reference: string): boolean {
  return JSON.stringify(config ?? {}).includes(JSON.stringify(reference));
}

/** The newest configuration. */
export function configOf({ history }: DistributionRecord): XmlElement {
  return history.at(-1)?.value ?? {};
}
