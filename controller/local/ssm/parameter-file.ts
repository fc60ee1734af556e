import { createHash } from 'node:crypto';
import type { Disk } from '../service.ts';

export type ParameterType = 'String' | 'StringList' | 'SecureString';

export interface ParameterVersion {
  readonly version: number;
  readonly type: ParameterType;
  /** As written, SecureString too: the local cloud has no keys. */
  readonly value: string;
  readonly description?: string | undefined;
  readonly labels?: readonly string[];
  /** Seconds since 1970, as awsJson carries times. */
  readonly modified: number;
}

/** One parameter with its versions, oldest first; never empty. */
export interface ParameterHistory {
  readonly name: string;
  readonly versions: readonly ParameterVersion[];
}

/** The parameters of one region. */
export interface ParameterFile {
  get(name: string): ParameterHistory | undefined;
  save(history: ParameterHistory): void;
  /** Whether it was there. */
  remove(name: string): boolean;
  /** Sorted. */
  names(): readonly string[];
}

export function openParameterFile(disk: Disk, region: string): ParameterFile {
  const folder = `ssm/${region}`;
  // Names may be longer than a file name, so their hash names the document.
  const documentName = (name: string) =>
    `${folder}/${createHash('sha256').update(name).digest('hex')}`;
  const parameters = new Map<string, ParameterHistory>();
  for (const document of disk.list(folder)) {
    const history = disk.read<ParameterHistory>(document);
    if (history !== undefined) parameters.set(history.name, history);
  }
  return {
    get: (name) => parameters.get(name),
    save(history) {
      disk.write(documentName(history.name), history);
      parameters.set(history.name, history);
    },
    remove(name) {
      disk.remove(documentName(name));
      return parameters.delete(name);
    },
    names: () => [...parameters.keys()].toSorted(),
  };
}
