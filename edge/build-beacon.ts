import { build } from 'esbuild';
import { minify } from 'terser';
import type { SnippetName } from '../controller/ports/edge-bundler.ts';
import { findRoot } from './build.ts';

/** Every page carries them in front of all others of its bytes. */
const SNIPPET_BYTES_LIMIT = 1000;

/** The text of an inline script. The same bytes every time. */
export async function composeSnippet(name: SnippetName): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: findRoot(import.meta.dirname),
    entryPoints: [`edge/beacon/${name}.ts`],
    bundle: true,
    write: false,
    format: 'iife',
    // Syntax of browsers since 2017; an older one reports nothing.
    target: 'es2017',
    minify: true,
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  const { code = '' } = await minify(outputFiles[0]?.text ?? '', {
    ecma: 2017,
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true },
    format: { ecma: 2017, inline_script: true },
  });
  const text = code.replace(/;$/, '');
  const bytes = Buffer.byteLength(text);
  if (bytes <= SNIPPET_BYTES_LIMIT) return text;
  throw new Error(`edge/beacon/${name}.ts: ${bytes} bytes, limit ${SNIPPET_BYTES_LIMIT}`);
}
