import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findRepository } from '../../../controller/local/demo/storefront.ts';

/** `smoke-3fa2c1`: the stack, the app, and how everything else of this run begins. */
export const NAME = /^smoke-[0-9a-f]{6,}$/;

/** Buckets are unique in the world: the account's id makes it so. */
export function bucketOf(name: string, account: string): string {
  return `headgate-${name}-${account}`;
}

/** The example policies with names that nobody else in the account has; returns their directory. */
export async function renamePolicies(
  directory: string,
  { name, account }: { readonly name: string; readonly account: string },
): Promise<string> {
  const target = join(directory, 'renamed');
  await cp(join(findRepository(), 'policies'), target, { recursive: true });
  const bucket = bucketOf(name, account);
  await change(join(target, 'edge.yaml'), (text) => {
    const groups = text
      .replaceAll('acme-web-builds', bucket)
      .replaceAll(/keyValueStore: headgate-/g, `keyValueStore: ${name}-`)
      .replaceAll(/^ {2}(staging|prod):/gm, `  ${name}-$1:`);
    return `${groups}\nsetup:\n  stack: ${name}\n`;
  });
  await change(join(target, 'shop.yaml'), (text) =>
    text
      .replaceAll('acme-web-builds', bucket)
      .replace('app: shop', `app: ${name}`)
      .replaceAll(/group: (\w+), distribution: \w+/g, `group: ${name}-$1`)
      .replaceAll('shop-prod-errors', `${name}-errors`),
  );
  return target;
}

async function change(file: string, edit: (text: string) => string): Promise<void> {
  await writeFile(file, edit(await readFile(file, 'utf8')));
}
