import { EXIT, UsageError, type ExitCode } from '../../core/errors.ts';
import { checkDirectory, checkSecrets } from '../../core/publish/check.ts';
import { cacheClassOf, cacheControlOf } from '../../core/publish/cache-class.ts';
import { contentTypeOf } from '../../core/publish/content-type.ts';
import { hashOf } from '../../core/publish/layout.ts';
import { PAGE_BYTES_LIMIT } from '../../core/publish/page-limit.ts';
import { countFiles, renderBytes } from '../../core/publish/report.ts';
import { keys } from '../../core/state/keys.ts';
import type { Context, Place } from '../../ports/context.ts';
import { refuseProblems, scanDirectory } from './read-build.ts';

export interface PagesRequest {
  readonly directory: string;
  readonly place: Place;
  readonly app: string;
  readonly json: boolean;
}

/** Pages are not laid out like a build: no pool, no entry page. */
const SETTINGS = { spa: false, pool: { include: [], exclude: [] } };

const NEXT = 'Name the directory of the pages; one of them is the `gate: page` of the policy.';

/** Uploads waiting and error pages, over what is there; HTML last, so that no page is ahead of its files. */
export async function publishPages(request: PagesRequest, context: Context): Promise<ExitCode> {
  const { app, directory } = request;
  const found = await scanDirectory(directory, context, NEXT);
  refuseProblems(directory, [
    ...checkDirectory(found, { app, build: '', settings: SETTINGS }),
    ...checkSecrets(found, SETTINGS),
  ]);
  if (!found.files.some(({ path }) => isPage(path))) {
    throw new UsageError(`There is no HTML page in ${directory}.`, NEXT);
  }
  const htmlLast = found.files.toSorted((a, b) => Number(isPage(a.path)) - Number(isPage(b.path)));
  for (const { path } of htmlLast) await writePage(path, request, context);
  context.terminal.print(renderResult(request, htmlLast));
  return EXIT.done;
}

function isPage(path: string): boolean {
  return cacheClassOf(path, false) === 'document';
}

async function writePage(
  path: string,
  { app, directory, place }: PagesRequest,
  context: Context,
): Promise<void> {
  const body = await context.files.readBytes(`${directory}/${path}`);
  if (isPage(path) && body.byteLength > PAGE_BYTES_LIMIT) {
    context.terminal.note(
      `warning: ${path} has ${renderBytes(body.byteLength)}; Lambda@Edge serves pages of at most ${renderBytes(PAGE_BYTES_LIMIT)}.`,
    );
  }
  await context.pages(place).write({
    key: `${keys.pages(app)}${path}`,
    body,
    contentType: contentTypeOf(path),
    cacheControl: cacheControlOf('mutable'),
    sha256: hashOf(body),
    metadata: {},
  });
}

function renderResult(
  { app, place, json }: PagesRequest,
  files: readonly { readonly path: string }[],
): string {
  const paths = files.map(({ path }) => path).toSorted();
  if (json) return JSON.stringify({ app, bucket: place.bucket, pages: paths }, null, 2);
  const pages = paths.filter(isPage).map((path) => `  page: /${path}`);
  return [
    `${countFiles(files.length)} of ${app} stored below s3://${place.bucket}/${keys.pages(app)}.`,
    '',
    'Next: name the waiting page in the policy, under `gate` of an environment:',
    ...pages,
    'An edge that has served a page keeps it for the minimum TTL of the distribution.',
    'A changed page that must show at once needs a new name.',
  ].join('\n');
}
