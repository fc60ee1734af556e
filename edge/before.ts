import type { BuildFailure, Plugin } from 'esbuild';
import type { BeforeCode } from '../controller/ports/edge-bundler.ts';

/** The team's code can't be composed in: every reason, with its place in their file. */
export class BeforeError extends Error {
  override readonly name = 'BeforeError';
  /** What to do about it. */
  readonly next: string;

  constructor(message: string, next = 'Correct that file.') {
    super(message);
    this.next = next;
  }
}

const NAMESPACE = 'before';
/** What the team's code may import: nothing but what its runtime has. */
export interface Runtime {
  readonly has: (module: string) => boolean;
  /** For messages: `CloudFront has only crypto`. */
  readonly text: string;
}

const MODULES = ['cloudfront', 'crypto', 'querystring', 'buffer'];
const CLOUDFRONT: Runtime = {
  has: (module) => MODULES.includes(module),
  text: `CloudFront has only ${MODULES.join(', ')}`,
};
const EXPORTS_BEFORE =
  /\bexport\s+(async\s+)?(function|const|let|var)\s+before\b|\bexport\s*\{[^}]*\bbefore\b/;

/** Brings the team's file into the bundle as `headgate:before`, with names of its own. */
export function bringBefore(before: BeforeCode | undefined, runtime = CLOUDFRONT): Plugin {
  return {
    name: NAMESPACE,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^headgate:before$/ }, () => ({
        path: before?.file ?? '',
        namespace: NAMESPACE,
      }));
      onResolve({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => {
        if (runtime.has(path)) return { path, external: true };
        const text = `"${path}" can't be imported: ${runtime.text}`;
        return { errors: [{ text }] };
      });
      onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({ contents: exportBefore(before) }));
    },
  };
}

/** CloudFront's own functions export nothing, so a plain `function before(event)` will do. */
function exportBefore({ text }: BeforeCode = { file: '', text: '' }): string {
  return EXPORTS_BEFORE.test(text) ? text : `${text}\nexport { before };`;
}

/** What esbuild found in the team's file, as `policies/viewer.js:3:7: ...`; anything else as it is. */
export function explainFailure(failure: unknown, { file }: BeforeCode): unknown {
  const errors = isBuildFailure(failure) ? failure.errors : [];
  const theirs = errors.filter(({ location }) => location?.file.startsWith(`${NAMESPACE}:`));
  if (theirs.length === 0) return failure;
  const lines = theirs.map(({ text, location }) => {
    const { line = 1, column = 0 } = location ?? {};
    return `${file}:${line}:${column + 1}: ${text}`;
  });
  return new BeforeError(lines.join('\n'));
}

function isBuildFailure(failure: unknown): failure is BuildFailure {
  return failure instanceof Error && 'errors' in failure && Array.isArray(failure.errors);
}
