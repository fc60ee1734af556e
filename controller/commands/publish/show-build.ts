import { UsageError } from '../../core/errors.ts';
import { countFiles, renderBytes } from '../../core/publish/report.ts';
import { isUntrusted } from '../../core/state/build.ts';
import { keys } from '../../core/state/keys.ts';
import type { Context, Place } from '../../ports/context.ts';
import { sizeOf } from './store-build.ts';

/** What a published build holds, as text or as its manifest in JSON. */
export async function showBuild(
  {
    app,
    place,
    build,
    json,
  }: {
    readonly app: string;
    readonly place: Place;
    readonly build: string;
    readonly json: boolean;
  },
  context: Context,
): Promise<string> {
  const found = await context.builds(place).readManifest(app, build);
  if (found === undefined) {
    throw new UsageError(
      `Build ${build} of ${app} is not published in bucket ${place.bucket}.`,
      `headgate build list --bucket ${place.bucket} --app ${app}`,
    );
  }
  const { manifest, digest } = found;
  if (json) return JSON.stringify({ digest, ...manifest }, null, 2);
  const { files, settings } = manifest;
  const where = keys.build({ app, root: place.root }, build);
  const pooled = files.filter(({ location }) => location === 'pool').length;
  return [
    `Build ${build} of ${app}`,
    `  files     ${countFiles(files.length)}, ${renderBytes(sizeOf(files))}, ${pooled} of them in the pool`,
    `  digest    ${digest}`,
    `  stored at s3://${place.bucket}/${where}${isUntrusted(build) ? ' (an untrusted ref)' : ''}`,
    `  spa       ${settings.spa}`,
    `  pool      ${JSON.stringify(settings.pool)}`,
  ].join('\n');
}
