import type { Floor } from '../contract/route.ts';
import { callAws } from './call-aws.ts';
import { createCache } from './cache.ts';
import { logFailure } from './log.ts';

export interface Page {
  readonly type: string;
  readonly body: string;
}

const pages = createCache<Page>({
  maxAgeMillis: 60_000,
  // Held visitors are many: none of them waits for a newer page.
  refreshMillis: 0,
  firstMillis: 500,
  failed: logFailure,
});

/** Where the app's own can't be shown: it can't be read, or is too large. */
export const BUILT_IN_PAGE: Page = {
  type: 'text/html;charset=utf-8',
  body:
    '<!doctype html><html lang=en><meta charset=utf-8>' +
    '<meta name=viewport content="width=device-width"><meta http-equiv=refresh content=30>' +
    '<title>Please wait</title><h1>Please wait</h1>' +
    '<p>Many people are here right now. This page tries again by itself.',
};

/** `uri` as the distribution's origin would serve it: its path in the app's bucket. */
export async function fetchPage(
  [, , region, , , bucket]: Floor,
  uri: string,
): Promise<Page | undefined> {
  if (bucket === undefined) return undefined;
  const path = `/${bucket}${uri}`;
  return await pages(path, async () => {
    const call = { service: 's3', region, method: 'GET', path, headers: {} } as const;
    const { status, type, body } = await callAws(call);
    if (status !== 200) throw new Error(`${status} ${body}`);
    return { type, body };
  });
}
