import type { Disk } from '../service.ts';

/** Named documents of one kind: read from disk once, kept in memory, written through. */
export interface Collection<T> {
  get(name: string): T | undefined;
  set(name: string, value: T): void;
  remove(name: string): void;
  values(): readonly T[];
}

export function openCollection<T>(disk: Disk, folder: string): Collection<T> {
  const documents = new Map<string, T>();
  for (const path of disk.list(folder)) {
    const document = disk.read<T>(path);
    if (document !== undefined) documents.set(path.slice(folder.length + 1), document);
  }
  return {
    get: (name) => documents.get(name),
    set(name, value) {
      disk.write(`${folder}/${name}`, value);
      documents.set(name, value);
    },
    remove(name) {
      disk.remove(`${folder}/${name}`);
      documents.delete(name);
    },
    values: () => [...documents.values()],
  };
}
