import { countFiles, renderBytes } from '../../core/publish/report.ts';
import { settingsDigestOf } from '../../core/publish/settings-text.ts';
import { isUntrusted } from '../../core/state/build.ts';
import { keys } from '../../core/state/keys.ts';
import type { Made, ManifestFile } from '../../core/state/manifest.ts';
import type { Context } from '../../ports/context.ts';
import { sizeOf } from './store-build.ts';
import { readPublished, type BuildRequest } from './verify.ts';

/** What a published build holds, as text or as its manifest in JSON. */
export async function showBuild(
  request: BuildRequest & { readonly json: boolean },
  context: Context,
): Promise<string> {
  const { app, place, build, json } = request;
  const { manifest, digest } = await readPublished(request, context);
  const { files, settings, made } = manifest;
  const settingsDigest = settingsDigestOf(settings);
  if (json) return JSON.stringify({ digest, settingsDigest, ...manifest }, null, 2);
  const where = keys.build({ app, root: place.root }, build);
  const count = (wanted: ManifestFile['location']) =>
    files.filter(({ location }) => location === wanted).length.toLocaleString('en');
  const hidden = count('private');
  return [
    `Build ${build} of ${app}`,
    `  files     ${countFiles(files.length)}, ${renderBytes(sizeOf(files))}, ${count('pool')} of them in the pool${hidden === '0' ? '' : `, ${hidden} private (source maps that no visitor gets)`}`,
    `  digest    ${digest}`,
    `  stored at s3://${place.bucket}/${where}${isUntrusted(build) ? ' (an untrusted ref)' : ''}`,
    `  spa       ${settings.spa}`,
    `  pool      ${JSON.stringify(settings.pool)}`,
    ...(settings.layout === 'tree' ? ['  layout    tree: all files are below this prefix'] : []),
    ...(made === undefined ? [] : rowsOf(made)),
  ].join('\n');
}

function rowsOf({ at, commit, ref, run, tool, adopted }: Made): readonly string[] {
  const rows = [
    [adopted ? 'adopted' : 'published', tool === undefined ? at : `${at} by ${tool}`],
    ['commit', commit],
    ['ref', ref],
    ['run', run],
  ] as const;
  return rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(9)} ${value}`],
  );
}
