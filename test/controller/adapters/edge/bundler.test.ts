import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEdgeBundler } from '../../../../controller/adapters/edge/bundler.ts';
import { UsageError } from '../../../../controller/core/errors.ts';

describe('the edge bundler', () => {
  const bundler = createEdgeBundler();

  it('composes the same bundle once, and another one for other features', async () => {
    const bundle = await bundler.compose(['split']);
    expect(await bundler.compose(['split'])).toBe(bundle);
    expect(await bundler.compose(['cohorts'])).not.toEqual(bundle);
  });

  it('keeps what it composed for the next process, until a source changes', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'headgate-composed-'));
    const sources = await mkdtemp(join(tmpdir(), 'headgate-sources-'));
    await writeFile(join(sources, 'decide.ts'), 'one');
    const compose = () => createEdgeBundler({ directory, sources }).compose(['session']);
    const bundle = await compose();
    const [name] = await readdir(directory);
    const file = join(directory, String(name));
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(bundle);
    await writeFile(file, JSON.stringify({ kept: true }));
    expect(await compose()).toEqual({ kept: true });
    await writeFile(join(sources, 'decide.ts'), 'two');
    expect(await compose()).toEqual(bundle);
    await Promise.all([directory, sources].map((one) => rm(one, { recursive: true })));
  });

  it('says where a team’s own code goes wrong', async () => {
    const before = { file: 'policies/viewer.js', text: 'function before( {' };
    const composed = bundler.compose([], before);
    await expect(composed).rejects.toBeInstanceOf(UsageError);
    await expect(composed).rejects.toThrow('policies/viewer.js');
  });
});
