import type { Disk } from '../../../controller/local/service.ts';

/** Documents as they are: who writes one never changes it afterwards. */
export function createMemoryDisk(): Disk {
  const documents = new Map<string, unknown>();
  const bodies = new Map<string, Buffer>();
  return {
    read: <T>(name: string) => documents.get(name) as T | undefined,
    write: (name, value) => void documents.set(name, value),
    remove: (name) => void documents.delete(name),
    list: (folder) => [...documents.keys()].filter((name) => name.startsWith(`${folder}/`)),
    readBytes: (name) => bodies.get(name),
    writeBytes: (name, bytes) => void bodies.set(name, Buffer.from(bytes)),
    removeBytes: (name) => void bodies.delete(name),
  };
}
