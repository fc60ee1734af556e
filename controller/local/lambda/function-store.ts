import { createHash } from 'node:crypto';
import { openCollection } from '../keyvaluestore/collection.ts';
import { ACCOUNT_ID, type CloudClock, type Disk } from '../service.ts';
import { LATEST, versionsOf, type FunctionRecord, type FunctionVersion } from './function.ts';

/** The functions of all regions, with the archives of their versions. */
export interface LambdaFunctions {
  get(region: string, name: string): FunctionRecord | undefined;
  /** Of one region. */
  list(region: string): readonly FunctionRecord[];
  save(record: FunctionRecord): void;
  remove(record: FunctionRecord): void;
  /** A numbered version by its ARN. */
  findVersion(arn: string): FunctionVersion | undefined;
  /** Keeps an archive for the version that will name it by its hash, which is returned. */
  writeArchive(archive: Buffer): string;
  readArchive(version: FunctionVersion): Buffer;
  /** Whether a role lets that service assume it. */
  isTrusting(role: string, service: string): boolean;
  now(): number;
  /** Whether a creation or a change of this moment is done: until then `Pending` or `InProgress`. */
  isSettled(since: number): boolean;
}

/** From CreateFunction until Active, and from a change until Successful, before `speed`. */
const SETTLE_SECONDS = 1;

export function openLambdaFunctions(
  disk: Disk,
  clock: CloudClock,
  isTrusting: LambdaFunctions['isTrusting'] = () => true,
): LambdaFunctions {
  const records = openCollection<FunctionRecord>(disk, 'lambda/functions');
  const get = (region: string, name: string) => records.get(`${region}/${name}`);
  const dropUnused = (former: FunctionRecord | undefined) => {
    const kept = new Set(records.values().flatMap(versionsOf).map(documentOf));
    for (const document of former === undefined ? [] : versionsOf(former).map(documentOf)) {
      if (!kept.has(document)) disk.removeBytes(document);
    }
  };
  return {
    get,
    list: (region) => records.values().filter((one) => one.region === region),
    now: () => clock.now().getTime(),
    isTrusting,
    save(record) {
      const former = get(record.region, record.name);
      records.set(`${record.region}/${record.name}`, record);
      dropUnused(former);
    },
    remove(record) {
      records.remove(`${record.region}/${record.name}`);
      dropUnused(record);
    },
    findVersion(arn) {
      const [, , , region = '', , , name = '', version] = arn.split(':');
      return get(region, name)?.published.find((one) => one.version === version);
    },
    writeArchive(archive) {
      const codeSha256 = createHash('sha256').update(archive).digest('base64');
      disk.writeBytes(documentOf({ codeSha256 }), archive);
      return codeSha256;
    },
    readArchive: (version) => disk.readBytes(documentOf(version)) ?? Buffer.alloc(0),
    isSettled: (since) => since <= clock.now().getTime() - (SETTLE_SECONDS * 1000) / clock.speed,
  };
}

/** `arn:aws:lambda:us-east-1:<account>:function:shop`, with a version `...:shop:3`. */
export function composeArn(
  { region, name }: { readonly region: string; readonly name: string },
  version: string = LATEST,
): string {
  const arn = `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${name}`;
  return version === LATEST ? arn : `${arn}:${version}`;
}

function documentOf({ codeSha256 }: { readonly codeSha256: string }): string {
  return `lambda/code/${Buffer.from(codeSha256, 'base64').toString('hex')}`;
}
