import { HeadgateError } from '../core/errors.ts';
import { findMisplaced } from '../core/plan/builds.ts';
import type { EnvironmentFacts, PublishedBuild, UnreadBuild } from '../core/plan/facts.ts';
import { settingsOf } from '../core/plan/settings.ts';
import { findOrigin } from '../core/policy/origins.ts';
import type { AppPolicy } from '../core/policy/policy.ts';
import type { Context } from '../ports/context.ts';

/**
 * The builds of these numbers that there are. One that can't be read keeps nobody from reading the others, and
 * above all no guard from rolling back: whatever would serve it is refused.
 */
export async function readBuilds(
  context: Pick<Context, 'builds'>,
  app: AppPolicy,
  numbers: readonly string[],
): Promise<Required<Pick<EnvironmentFacts, 'builds' | 'unread'>>> {
  const read = await Promise.all(numbers.map((number) => attempt(context, app, number)));
  return {
    builds: new Map(read.flatMap(({ number, found }) => (found ? [[number, found]] : []))),
    unread: new Map(read.flatMap(({ number, unread }) => (unread ? [[number, unread]] : []))),
  };
}

interface Attempt {
  readonly number: string;
  readonly found?: PublishedBuild | undefined;
  readonly unread?: UnreadBuild;
}

async function attempt(
  context: Pick<Context, 'builds'>,
  app: AppPolicy,
  number: string,
): Promise<Attempt> {
  try {
    return { number, found: await readBuild(context, app, number) };
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    const why = error.message.replace(/\.$/, '');
    const message = `build "${number}" can't be read: ${why}`;
    return { number, unread: { message, next: error.next } };
  }
}

async function readBuild(
  context: Pick<Context, 'builds'>,
  app: AppPolicy,
  number: string,
): Promise<PublishedBuild | undefined> {
  const store = context.builds(app);
  const read = await store.readManifest(app.app, number);
  const origin = findOrigin(app, number);
  if (origin !== undefined) {
    const isPublishedToo = read !== undefined;
    return { build: origin, misplaced: [], hasEntryPage: true, isPublishedToo };
  }
  if (read === undefined) return undefined;
  const { manifest, digest } = read;
  const entry = manifest.files.find((file) => file.path === 'index.html');
  const hasEntryPage =
    entry === undefined ? !app.spa : await store.hasFile(app.app, number, entry.path);
  const misplaced = findMisplaced(manifest, settingsOf(app));
  return { build: { build: number, digest }, misplaced, hasEntryPage };
}
