import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFiles } from '../../../../controller/adapters/process/files.ts';
import { UsageError } from '../../../../controller/core/errors.ts';

const files = createFiles();
let parent: string;
let root: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'headgate-files-'));
  root = join(parent, 'dist');
  mkdirSync(join(root, 'assets/js'), { recursive: true });
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

function write(path: string, text = 'x'): void {
  writeFileSync(join(root, path), text);
}

describe('digest', () => {
  const hex = (name: string, text: string | Buffer) => createHash(name).update(text).digest('hex');

  it('knows a file by size, SHA-256 and MD5, whatever its size', async () => {
    for (const text of ['', 'hello', 'x'.repeat(2 ** 20), 'y'.repeat(2 ** 20 + 1)]) {
      write('one.txt', text);
      expect(await files.digest(join(root, 'one.txt'))).toEqual({
        size: text.length,
        sha256: hex('sha256', text),
        etag: hex('md5', text),
      });
    }
  });

  it('takes an MD5 that is known of the same bytes', async () => {
    write('one.txt', 'hello');
    const known = new Map([[hex('sha256', 'hello'), 'known']]);
    expect(await files.digest(join(root, 'one.txt'), known)).toMatchObject({ etag: 'known' });
    write('one.txt', 'other');
    const etag = hex('md5', 'other');
    expect(await files.digest(join(root, 'one.txt'), known)).toMatchObject({ etag });
  });

  it.each(['abcdefghij', 'abcdefgh', 'abc', ''])(
    'of one that is sent in parts has the ETag that S3 makes of them: %j',
    async (text) => {
      write('large.bin', text);
      const small = createFiles({ partSizeOf: () => 4 });
      const parts = text.match(/.{1,4}/g) ?? [''];
      const md5s = parts.map((part) => createHash('md5').update(part).digest());
      expect(await small.digest(join(root, 'large.bin'))).toEqual({
        size: text.length,
        sha256: hex('sha256', text),
        etag: `${hex('md5', Buffer.concat(md5s))}-${parts.length}`,
        partSize: 4,
      });
    },
  );

  it('lets requests go on meanwhile', async () => {
    write('one.txt', 'x'.repeat(2 ** 25));
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    await files.digest(join(root, 'one.txt'));
    isOver = true;
    expect(turns).toBeGreaterThan(1);
  });

  it('says which file can’t be read', async () => {
    const running = files.digest(join(root, 'none.txt'));
    await expect(running).rejects.toThrow('none.txt: there is no such file');
  });
});

describe('scan', () => {
  it('finds every file, sorted by path whatever the language of the machine', async () => {
    for (const path of [
      'b.txt',
      'assets/js/é.js',
      'B.txt',
      'assets/js/z.js',
      '.hidden',
      'a b+c%.txt',
    ]) {
      write(path, path);
    }
    expect(await files.scan(root)).toEqual({
      problems: [],
      files: [
        { path: '.hidden' },
        { path: 'B.txt' },
        { path: 'a b+c%.txt' },
        { path: 'assets/js/z.js' },
        { path: 'assets/js/é.js' },
        { path: 'b.txt' },
      ],
    });
  });

  it('follows symbolic links inside, and reports those that leave, lead nowhere or in circles', async () => {
    write('assets/js/app.js', 'app');
    writeFileSync(join(parent, 'secret'), 'x');
    symlinkSync(join(root, 'assets/js/app.js'), join(root, 'app.js'));
    symlinkSync('assets', join(root, 'static'));
    symlinkSync('../secret', join(root, 'secret'));
    symlinkSync('nowhere', join(root, 'broken'));
    symlinkSync('../..', join(root, 'assets/js/up'));
    const found = await files.scan(root);
    expect(found?.files.map(({ path }) => path)).toEqual([
      'app.js',
      'assets/js/app.js',
      'static/js/app.js',
    ]);
    expect(found?.problems).toEqual([
      { path: 'assets/js/up', kind: 'symlink-loop' },
      { path: 'broken', kind: 'unreadable' },
      { path: 'secret', kind: 'symlink-outside' },
      { path: 'static/js/up', kind: 'symlink-loop' },
    ]);
  });

  it.skipIf(process.platform !== 'linux')('reports names that are not UTF-8', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), 'x');
    expect(await files.scan(root)).toEqual({
      files: [],
      problems: [{ path: 'caf\ufffd', kind: 'unreadable' }],
    });
  });

  it.skipIf(process.platform === 'win32')('reports what is no file', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    const found = await files.scan(root);
    await new Promise((resolve) => server.close(resolve));
    expect(found?.problems).toEqual([{ path: 'socket', kind: 'not-a-file' }]);
  });

  it('tells a missing directory from a file', async () => {
    write('file');
    expect(await files.scan(join(root, 'none'))).toBeUndefined();
    await expect(files.scan(join(root, 'file'))).rejects.toThrow('it is not a directory');
  });
});

describe('text', () => {
  it('is written and read back; a missing file is undefined', async () => {
    await files.writeText(join(root, 'plan.json'), 'ü');
    expect(await files.readText(join(root, 'plan.json'))).toBe('ü');
    expect(await files.readText(join(root, 'none'))).toBeUndefined();
    expect(Buffer.from(await files.readBytes(join(root, 'plan.json')))).toEqual(Buffer.from('ü'));
  });

  it.each([
    ['read as a file', () => files.readText(root), 'it is a directory'],
    [
      'written below nothing',
      () => files.writeText(join(root, 'a/b'), ''),
      'there is no directory',
    ],
    ['read when it is gone', () => files.readBytes(join(root, 'gone')), 'there is no such'],
  ])('explains a path that can not be %s', async (_, act, reason) => {
    const error = await act().then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(reason);
  });
});

it('lists names in order; a missing directory is undefined', async () => {
  for (const path of ['shop.yaml', 'edge.yaml', 'README.md']) write(path);
  expect(await files.list(root)).toEqual(['README.md', 'assets', 'edge.yaml', 'shop.yaml']);
  expect(await files.list(join(root, 'none'))).toBeUndefined();
});
