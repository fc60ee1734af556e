import { expect, it } from 'vitest';
import { FileCopies } from '../../../../controller/commands/publish/copy-file.ts';
import { digestBytes, layFile } from '../../../../controller/core/publish/layout.ts';
import {
  DEFAULT_SETTINGS,
  MANIFEST_VERSION,
  type Manifest,
} from '../../../../controller/core/state/manifest.ts';
import type { Copy, UploadStore } from '../../../../controller/ports/upload-store.ts';

const NAMES = Array.from({ length: 20 }, (_, index) => `page-${index}.html`);

function lay(build: string): Manifest {
  const settings = { ...DEFAULT_SETTINGS, layout: 'tree' } as const;
  const files = NAMES.map((name) => layFile(name, digestBytes(Buffer.from(name)), settings));
  return { version: MANIFEST_VERSION, app: 'shop', build, settings, files };
}

/** Copies everything of a base, one after the other. */
async function copyAll(answer: (copy: Copy) => Awaited<ReturnType<UploadStore['copy']>>) {
  const build = lay('2');
  const asked: Copy[] = [];
  const store = {
    copy: async (copy: Copy) => {
      asked.push(copy);
      return answer(copy);
    },
  };
  const copies = new FileCopies({ build, bases: [lay('1')], store });
  const made = [];
  for (const file of build.files) made.push(await copies.make(file));
  return { asked, made };
}

it('makes a file with the headers of its own build from the object of the base', async () => {
  const { asked, made } = await copyAll(() => ({ created: true, etag: 'e' }));
  expect(made).toEqual(NAMES.map(() => true));
  expect(asked[0]).toMatchObject({
    key: 'shop/builds/2/page-0.html',
    source: 'shop/builds/1/page-0.html',
    metadata: { 'headgate-build': '2' },
    cacheControl: 'no-cache',
    sha256: digestBytes(Buffer.from('page-0.html')).sha256,
    etag: digestBytes(Buffer.from('page-0.html')).etag,
  });
});

it('says that a name is taken', async () => {
  const { made } = await copyAll(() => ({ created: false }));
  expect(made).toEqual(NAMES.map(() => false));
});

it('goes on after a base whose object is gone or another', async () => {
  const { made } = await copyAll(({ key }) =>
    /-1\d?\.html$/.test(key) ? 'changed' : { created: true, etag: 'e' },
  );
  expect(made.filter((one) => one === 'unknown')).toHaveLength(11);
  expect(made.filter((one) => one === true)).toHaveLength(9);
});

it('stops asking where no ETag is that of the manifest, as in a bucket that KMS encrypts', async () => {
  const { asked, made } = await copyAll(() => 'changed');
  expect(made).toEqual(NAMES.map(() => 'unknown'));
  expect(asked).toHaveLength(8);
});
