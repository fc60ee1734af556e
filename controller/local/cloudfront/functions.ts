import { openCollection, type Collection } from '../keyvaluestore/collection.ts';
import { addVersion, visibleVersion, type Version } from '../keyvaluestore/propagation.ts';
import { newTag } from '../keyvaluestore/tag.ts';
import { ACCOUNT_ID, ServiceError, type CloudClock, type Disk } from '../service.ts';
import type { FunctionDraft } from './function-input.ts';

/** One stage of a function. */
export interface FunctionVersion extends FunctionDraft {
  readonly tag: string;
  readonly created: number;
  readonly modified: number;
}

export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  readonly development: FunctionVersion;
  /** Empty until it is published; then what the edge may still be running, and the newest. */
  readonly live: readonly Version<FunctionVersion>[];
}

export type Stage = 'DEVELOPMENT' | 'LIVE';

export interface Functions {
  readonly records: Collection<FunctionRecord>;
  /** Throws NoSuchFunctionExists. */
  find(name: string): FunctionRecord;
  findByArn(arn: string): FunctionRecord | undefined;
  create(name: string, draft: FunctionDraft): FunctionRecord;
  update(record: FunctionRecord, draft: FunctionDraft): FunctionRecord;
  publish(record: FunctionRecord): FunctionRecord;
  /** The published version that the edge runs at this moment. */
  running(arn: string): FunctionVersion | undefined;
}

export interface FunctionOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  /** From publishing until the edge runs it, before `speed`. */
  readonly propagationSeconds: number;
}

export function openFunctions({ disk, clock, propagationSeconds }: FunctionOptions): Functions {
  const records = openCollection<FunctionRecord>(disk, 'cloudfront/function');
  const now = () => clock.now().getTime();
  const horizon = () => now() - (propagationSeconds * 1000) / clock.speed;
  const save = (record: FunctionRecord) => {
    records.set(record.name, record);
    return record;
  };
  const findByArn = (arn: string) => records.values().find((record) => record.arn === arn);
  return {
    records,
    findByArn,
    find(name) {
      const record = records.get(name);
      if (record === undefined) throw noSuchFunction(name);
      return record;
    },
    create: (name, draft) =>
      save({
        name,
        arn: `arn:aws:cloudfront::${ACCOUNT_ID}:function/${name}`,
        development: { ...draft, tag: newTag('ET'), created: now(), modified: now() },
        live: [],
      }),
    update(record, draft) {
      const { created } = record.development;
      const development = { ...draft, tag: newTag('ET'), created, modified: now() };
      return save({ ...record, development });
    },
    publish(record) {
      const value = { ...record.development, tag: newTag('ET'), modified: now() };
      return save({ ...record, live: addVersion(record.live, { at: now(), value }, horizon()) });
    },
    running(arn) {
      const live = findByArn(arn)?.live ?? [];
      // A first version has nothing to wait for: no edge runs an older one.
      return (visibleVersion(live, horizon()) ?? live[0])?.value;
    },
  };
}

/** The newest version of a stage. Throws when the function was never published. */
export function versionOf(record: FunctionRecord, stage: Stage): FunctionVersion {
  if (stage === 'DEVELOPMENT') return record.development;
  const live = record.live.at(-1)?.value;
  if (live === undefined) throw noSuchFunction(`${record.name} in the stage LIVE`);
  return live;
}

function noSuchFunction(name: string): ServiceError {
  return new ServiceError(404, 'NoSuchFunctionExists', `There is no function ${name}.`);
}
