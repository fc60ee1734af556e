import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  type Dirent,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Disk } from '../service.ts';

const DOCUMENT = '.json';
const BYTES = '.bin';

/**
 * Documents and bodies as files below a directory. A write is complete or absent (temporary file,
 * then rename). It is not forced through to the device: a killed process loses nothing, a power
 * cut may.
 */
export function openDisk(directory: string): Disk {
  const fileOf = (name: string, ending: string) => join(directory, encodeName(name) + ending);
  return {
    read<T>(name: string): T | undefined {
      const bytes = readFile(fileOf(name, DOCUMENT));
      return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as T);
    },
    write(name, value) {
      replaceFile(fileOf(name, DOCUMENT), JSON.stringify(value));
    },
    remove(name) {
      rmSync(fileOf(name, DOCUMENT), { force: true });
    },
    list(folder) {
      return listFiles(join(directory, encodeName(folder)))
        .filter((file) => file.endsWith(DOCUMENT))
        .map((file) => decodeName(relative(directory, file).slice(0, -DOCUMENT.length)))
        .toSorted();
    },
    readBytes: (name) => readFile(fileOf(name, BYTES)),
    writeBytes(name, bytes) {
      replaceFile(fileOf(name, BYTES), bytes);
    },
    removeBytes(name) {
      rmSync(fileOf(name, BYTES), { force: true });
    },
  };
}

/** A dot is encoded too: a segment can then neither be `..` nor look like another name's file. */
function encodeName(name: string): string {
  return name
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll('.', '%2E'))
    .join(sep);
}

function decodeName(path: string): string {
  return path.split(sep).map(decodeURIComponent).join('/');
}

function replaceFile(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content);
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, content);
  }
  renameSync(temporary, file);
}

function readFile(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function listFiles(directory: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
