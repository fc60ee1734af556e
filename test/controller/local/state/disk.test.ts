import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDisk } from '../../../../controller/local/state/disk.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'headgate-disk-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('documents and bytes are there again after reopening', () => {
  const disk = openDisk(directory);
  disk.write('a/b', { text: 'ü' });
  disk.writeBytes('a/b', Buffer.from([0, 255]));
  const again = openDisk(directory);
  expect(again.read('a/b')).toEqual({ text: 'ü' });
  expect(again.readBytes('a/b')).toEqual(Buffer.from([0, 255]));
  again.remove('a/b');
  again.removeBytes('a/b');
  expect(disk.read('a/b')).toBeUndefined();
  expect(disk.readBytes('a/b')).toBeUndefined();
});

test('a folder lists its documents at every depth, and no half-written file', () => {
  const disk = openDisk(directory);
  for (const name of ['a/b', 'a/c/d', 'ab/e']) disk.write(name, {});
  disk.writeBytes('a/bytes', Buffer.alloc(1));
  writeFileSync(join(directory, 'a', 'b.json.1.tmp'), '{"half');
  expect(disk.list('a')).toEqual(['a/b', 'a/c/d']);
  expect(disk.list('none')).toEqual([]);
});

test('no name leads out of the directory or into another name', () => {
  const disk = openDisk(directory);
  disk.write('a/../../escaped', 1);
  disk.write('x', 'x');
  disk.write('x.json', 'x.json');
  disk.write('x.json/y', 'y');
  expect(readdirSync(join(directory, '..')).filter((name) => name.startsWith('escaped'))).toEqual(
    [],
  );
  expect(['x', 'x.json', 'x.json/y'].map((name) => disk.read(name))).toEqual(['x', 'x.json', 'y']);
  expect(disk.list('x.json')).toEqual(['x.json/y']);
});
