import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A published package, unpacked below the directory: `@actual-app/web@26.9.0`. Returns where its files are.
 * Of a very large one only the files that are named are unpacked: `generated/api.github.com.json`.
 */
export async function fetchPackage(
  directory: string,
  name: string,
  files: readonly string[] = [],
): Promise<string> {
  const target = join(directory, name.replaceAll('/', '-'));
  await mkdir(target);
  await run('npm', ['pack', '--silent', name], { cwd: target });
  const [tarball] = await readdir(target);
  const wanted = files.map((file) => `package/${file}`);
  await run('tar', ['xzf', String(tarball), ...wanted], { cwd: target });
  return join(target, 'package');
}
