import { gunzipSync } from 'node:zlib';
import type { Bucket, Held } from './bucket.ts';
import { expectObjects, manifestKeyOf, sha256Of, type Expected, type Tree } from './tree.ts';

/** What may lie beside builds and pooled files. */
const NOTES =
  /^shop\/(settings\.json|publish\/[\w.-]+\.json|leases\/publish\/[\w.-]+\.json|gc\/[\w.-]+\.json)$/;

/** What is wrong with a bucket in which these builds are complete or absent, in words; [] when nothing is. */
export function findWrongs(bucket: Bucket, trees: readonly Tree[]): readonly string[] {
  const objects = bucket.objects();
  const expected = trees.map((tree) => expectObjects(tree));
  const manifests = new Set(trees.map(({ build }) => manifestKeyOf(build)));
  const strange = [...objects.values()].flatMap((object) => {
    if (NOTES.test(object.key) || manifests.has(object.key)) return [];
    const wanted = expected.flatMap((one) => one.get(object.key) ?? []);
    return wanted.some((one) => isLike(object, one)) ? [] : [`${object.key} is of no build`];
  });
  const builds = [...manifests].flatMap((key) => {
    const manifest = objects.get(key);
    if (manifest === undefined) return [];
    const possible = trees.filter(({ build }) => manifestKeyOf(build) === key);
    const wrongs = possible.map((tree) => findWrongsOfBuild(objects, manifest, tree));
    // Two runners may have had other files for it: it is that of one of them.
    return wrongs.some((one) => one.length === 0) ? [] : wrongs.flat();
  });
  return [...strange, ...builds];
}

export function isPublished(bucket: Bucket, build: string): boolean {
  return bucket.objects().has(manifestKeyOf(build));
}

function isLike({ body, headers, metadata }: Held, wanted: Expected): boolean {
  return (
    body.toString() === wanted.body &&
    headers['content-type'] === wanted.type &&
    headers['cache-control'] === wanted.cache &&
    headers['content-encoding'] === undefined &&
    JSON.stringify(metadata) === JSON.stringify(wanted.metadata)
  );
}

/** Version 2, by its description. */
interface Written {
  readonly version: number;
  readonly build: string;
  readonly kinds: readonly (readonly [string, string, string])[];
  readonly files: readonly (readonly [string, number, string, string, number])[];
}

function findWrongsOfBuild(
  objects: ReadonlyMap<string, Held>,
  manifest: Held,
  tree: Tree,
): readonly string[] {
  const expected = expectObjects(tree);
  const missing = [...expected].flatMap(([key, wanted]) => {
    const held = objects.get(key);
    return held !== undefined && isLike(held, wanted) ? [] : [`${tree.build} has no ${key}`];
  });
  const { version, build, kinds, files } = JSON.parse(
    gunzipSync(manifest.body).toString(),
  ) as Written;
  const listed = files.map(([path, size, sha256, , kind]) => {
    return `${path} ${size} ${Buffer.from(sha256, 'base64url').toString('hex')} ${kinds[kind]?.[2]}`;
  });
  const types = [...expected.values()].map(({ type }) => type);
  const wanted = [...tree.files].map(([path, body], index) => {
    return `${path} ${Buffer.byteLength(body)} ${sha256Of(body)} ${types[index]}`;
  });
  const isListed = JSON.stringify(listed.toSorted()) === JSON.stringify(wanted.toSorted());
  const isOurs = version === 2 && build === tree.build && isListed;
  return isOurs ? missing : [...missing, `the manifest of ${tree.build} is not that of its files`];
}

/** Leases that are there, and how many minutes each is still good for. */
export function readLeases(bucket: Bucket): readonly { key: string; minutes: number }[] {
  const found = [...bucket.objects().values()].filter(({ key }) => key.includes('/leases/'));
  return found.map(({ key, body }) => {
    const { expires } = JSON.parse(body.toString()) as { expires: string };
    return { key, minutes: (Date.parse(expires) - Date.now()) / 60_000 };
  });
}
