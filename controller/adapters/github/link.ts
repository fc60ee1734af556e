import type { Octokit } from './client.ts';
import { explainFailure, type Doing } from './translate-error.ts';

/** How the sub-ports reach their repository. */
export interface Link {
  readonly place: { readonly owner: string; readonly repo: string };
  /** Throws what a person understands. */
  ask<T>(doing: Doing, call: (octokit: Octokit) => Promise<T>): Promise<T>;
  identify(): Promise<Identity>;
}

/** As whom we write; see comments.ts for what it is needed. */
export type Identity =
  | { readonly kind: 'app'; readonly startsWorkflows: boolean }
  | { readonly kind: 'person'; readonly login: string };

export interface Session {
  readonly octokit: Octokit;
  readonly identity: () => Promise<Identity>;
}

interface LinkOptions {
  readonly place: Link['place'];
  readonly open: () => Promise<Session>;
  readonly now?: () => number;
}

/**
 * Whoever doesn't answer, or limits us, isn't asked again for a while: what shows thirty environments must
 * not wait thirty times.
 */
export function createLink({ place, open, now = Date.now }: LinkOptions): Link {
  let session: Promise<Session> | undefined;
  let silence: { readonly until: number; readonly error: Error } | undefined;
  /** That nobody answered, in a row. */
  let failures = 0;
  const attempt = async <T>(doing: Doing, call: (session: Session) => Promise<T>): Promise<T> => {
    if (silence !== undefined && now() < silence.until) throw silence.error;
    try {
      session ??= open().catch((error: unknown) => {
        // The next call signs in again.
        session = undefined;
        throw error;
      });
      return await call(await session);
    } catch (error) {
      const asked = { ...doing, repository: `${place.owner}/${place.repo}`, now: now() };
      const { error: explained, silentUntil, silentAfter = 1 } = explainFailure(error, asked);
      failures = silentUntil === undefined ? 0 : failures + 1;
      if (silentUntil !== undefined && failures >= silentAfter)
        silence = { until: silentUntil, error: explained };
      throw explained;
    }
  };
  return {
    place,
    ask: (doing, call) =>
      attempt(doing, async ({ octokit }) => {
        const answer = await call(octokit);
        failures = 0;
        return answer;
      }),
    // Mostly nobody is asked for it, so it says nothing of how GitHub is.
    identify: () => attempt(SIGNING_IN, ({ identity }) => identity()),
  };
}

const SIGNING_IN: Doing = { what: 'who we are', permission: 'metadata: read' };
