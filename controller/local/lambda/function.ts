import { randomUUID } from 'node:crypto';

/** What is configured beside the code; a version keeps what it was published with. */
export interface FunctionSettings {
  readonly role: string;
  readonly handler: string;
  readonly runtime: string;
  readonly architecture: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface FunctionCode {
  /** Base64 SHA-256 of the archive. */
  readonly codeSha256: string;
  readonly codeBytes: number;
}

/** `$LATEST`, which changes, or a numbered version, which never does. */
export interface FunctionVersion extends FunctionSettings, FunctionCode {
  readonly version: string;
  readonly revisionId: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

export interface FunctionRecord {
  readonly name: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly latest: FunctionVersion;
  /** Oldest first. */
  readonly published: readonly FunctionVersion[];
  /** Of the last version ever published: a number is never given twice. */
  readonly lastNumber: number;
  /** Who else may invoke it; undefined: nobody. */
  readonly permissions?: readonly Permission[];
  /** How many run at once, at most and for sure; undefined: nothing is reserved. Kept, not enforced. */
  readonly reservedConcurrency?: number;
}

/** A statement of the function's policy. */
export interface Permission {
  readonly id: string;
  readonly action: string;
  readonly principal: string;
  /** With `*` and `?`; undefined: of any resource. */
  readonly sourceArn: string | undefined;
  readonly sourceAccount: string | undefined;
}

export const LATEST = '$LATEST';

export function versionsOf({ latest, published }: FunctionRecord): readonly FunctionVersion[] {
  return [latest, ...published];
}

/** Puts other code or settings in the place of those of `$LATEST`. */
export function changeLatest(
  record: FunctionRecord,
  change: Partial<FunctionCode & FunctionSettings>,
  modified: number,
): FunctionRecord {
  return { ...record, latest: { ...record.latest, ...change, modified, revisionId: randomUUID() } };
}

/** Publishes `$LATEST`, unless it has the code and settings of the last version: then that one is the answer. */
export function publish(
  record: FunctionRecord,
  { description, now }: { readonly description: string; readonly now: number },
): { readonly record: FunctionRecord; readonly version: FunctionVersion } {
  const { latest, published, lastNumber } = record;
  const last = published.at(-1);
  if (last !== undefined && describeVersion(last) === describeVersion(latest)) {
    return { record, version: last };
  }
  const version = {
    ...latest,
    version: String(lastNumber + 1),
    revisionId: randomUUID(),
    modified: now,
    ...(description === '' ? {} : { description }),
  };
  const grown = { ...record, published: [...published, version], lastNumber: lastNumber + 1 };
  return { record: grown, version };
}

/** What makes a version another one; its description is its own. */
function describeVersion(version: FunctionVersion): string {
  const { codeSha256, role, handler, runtime, architecture, timeoutSeconds } = version;
  const { memoryMegabytes, environment } = version;
  return JSON.stringify([
    [codeSha256, role, handler, runtime, architecture, timeoutSeconds, memoryMegabytes],
    environment,
  ]);
}
