import { EXIT } from '../errors.ts';
import { PAGE_BYTES_LIMIT } from '../publish/page-limit.ts';
import { renderBytes } from '../publish/report.ts';
import { keys } from '../state/keys.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Refusal } from './plan.ts';

/** Whoever the gate holds gets its page: without it, an error of the bucket. */
export function checkPage({
  app,
  environment,
  group,
  pageBytes,
}: EnvironmentFacts): readonly Refusal[] {
  const { gate } = environment;
  if (gate === undefined) return [];
  const page = `${keys.pages(app.app)}${gate.page.slice(1)}`;
  const place = { file: app.file, line: gate.pageLine };
  const publish = `headgate publish --pages <directory> --bucket ${app.bucket} --app ${app.app}`;
  if (pageBytes === undefined) {
    const message = `the waiting page of the gate is not published: there is no s3://${app.bucket}/${page}`;
    const next = `Publish it (${publish}), or correct \`page\`.`;
    return [{ exitCode: EXIT.usage, message, next, place }];
  }
  if (group.runtime !== 'lambda-edge' || pageBytes <= PAGE_BYTES_LIMIT) return [];
  const message = `the waiting page has ${renderBytes(pageBytes)}; Lambda@Edge serves pages of at most ${renderBytes(PAGE_BYTES_LIMIT)}`;
  const next = `Publish a smaller one: ${publish}`;
  return [{ exitCode: EXIT.usage, message, next, place }];
}
