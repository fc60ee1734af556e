import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Starts what npx starts, when nothing else is asked of npx than what our workflows ask. */
const SCRIPT = `#!/bin/sh
[ "$1 $2" = '--no-install headgate' ] || { echo "npx $*: not as it was at first" >&2; exit 127; }
shift 2
exec node dist/cli.js "$@"
`;

/**
 * The PATH of a job. `isKnown`: another test has shown it. The real npx finds the command for the first run of every job; after that it would find the
 * same, and takes twice as long as the command itself.
 */
export async function createNpx(
  directory: string,
  isKnown = false,
): Promise<(job: string) => string> {
  const path = String(process.env['PATH']);
  const short = join(directory, 'npx');
  await mkdir(short);
  await writeFile(join(short, 'npx'), SCRIPT, { mode: 0o755 });
  const found = new Set<string>();
  return (job) => {
    if (isKnown || found.has(job)) return [short, path].join(delimiter);
    found.add(job);
    return path;
  };
}
