import { type Answer, type Browser, openBrowser } from './browser.ts';
import type { BuiltApp } from './built-app.ts';
import { Mismatch, verify } from './mismatch.ts';
import { boundShare, formatWeight } from './share.ts';

export interface Visitor {
  readonly browser: Browser;
  /** What the last navigation was answered with. */
  build: string;
}

/** Visitors of one host, each with a cookie jar of their own. */
export interface Crowd {
  /** `count` people who were never here before. */
  gather(count: number): Visitor[];
  /** Everyone opens the front page; each page must be exactly its build's index.html. */
  navigate(visitors: readonly Visitor[]): Promise<void>;
}

/** Enough to keep one core busy; more would only wait in line. */
const AT_ONCE = 16;

export function createCrowd(edgeUrl: string, host: string, apps: readonly BuiltApp[]): Crowd {
  const documents = new Map(apps.map(({ build, document }) => [build, document]));
  return {
    gather: (count) =>
      Array.from({ length: count }, () => ({ browser: openBrowser(edgeUrl, host), build: '' })),
    navigate: async (visitors) => {
      await inParallel(visitors, async (visitor) => {
        const answer = await visitor.browser.navigate('/');
        visitor.build = readBuild(answer, documents);
      });
    },
  };
}

/** The build a page says it is, after checking that it really is that build's document. */
function readBuild(answer: Answer, documents: ReadonlyMap<string, string>): string {
  const body = answer.body.toString();
  if (answer.status !== 200) throw new Mismatch('GET /', 200, `${answer.status}: ${body}`);
  const build = answer.build ?? 'none';
  const document = documents.get(build);
  if (document === undefined) throw new Mismatch('x-headgate-build of /', 'a build', build);
  verify(`Page that says it is build ${build}`, body, document);
  return build;
}

/** Checks the share of visitors on `build` against its weight; says both. */
export function verifyShare(
  visitors: readonly Visitor[],
  build: string,
  weightBasisPoints: number,
): string {
  const count = visitors.filter((visitor) => visitor.build === build).length;
  const { low, high } = boundShare(weightBasisPoints, visitors.length);
  const weight = formatWeight(weightBasisPoints);
  if (count < low || count > high) {
    const expected = `${low} to ${high} of ${visitors.length} (${weight})`;
    throw new Mismatch(`Visitors on build ${build}`, expected, count);
  }
  const share = ((count / visitors.length) * 100).toFixed(1);
  return `${count} of ${visitors.length} visitors got build ${build}: ${share} %, weight ${weight} (${low} to ${high} would do)`;
}

// Workers share one iterator, so a slow visitor holds up nobody else.
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
