import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MeasureTree } from './tree.ts';

/** How large the later build is, and how many of its files the earlier one doesn't have under the same name. */
export const compareTrees: MeasureTree = async (before, after) => {
  const [former, latter] = [await hashAll(before), await hashAll(after)];
  const files = [...latter];
  return {
    files: files.length,
    bytes: files.reduce((sum, [, { size }]) => sum + size, 0),
    changed: files.filter(([path, { hash }]) => former.get(path)?.hash !== hash).length,
  };
};

async function hashAll(root: string): Promise<Map<string, { size: number; hash: string }>> {
  const found = new Map<string, { size: number; hash: string }>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const body = await readFile(path);
    const hash = createHash('sha256').update(body).digest('hex');
    found.set(path.slice(root.length + 1), { size: body.length, hash });
  }
  return found;
}
