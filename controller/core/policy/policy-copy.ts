/**
 * The texts of an app's policy as the last reconcile found them right, at `<app>/policies.json` in its
 * bucket: the fast lane has no checkout. Written by reconcile alone.
 */
import type { Issue } from './issue.ts';
import type { Policies } from './policy.ts';
import { EDGE_FILE } from './read-policies.ts';
import type { PolicyText } from './source.ts';

export const POLICY_COPY_VERSION = 1;

export interface PolicyCopy {
  readonly version: typeof POLICY_COPY_VERSION;
  readonly app: string;
  /** `edge.yaml` and the app's own file, by name alone. */
  readonly files: readonly PolicyText[];
  readonly commit?: string;
  /** When that commit was made: the order of copies. ISO 8601; absent: outside git. */
  readonly committedAt?: string;
  /** When and by whom it was written. ISO 8601. */
  readonly at: string;
  readonly by: string;
}

/** What a run found, and where it comes from. */
export interface CopySource {
  readonly policies: Policies;
  readonly texts: readonly PolicyText[];
  readonly issues: readonly Issue[];
  readonly commit: string | undefined;
  readonly committedAt: string | undefined;
  readonly at: string;
  readonly by: string;
}

/** One for each app whose own file has no issue, if `edge.yaml` has none either. */
export function copyPolicies(source: CopySource): readonly PolicyCopy[] {
  const { policies, texts, issues, commit, committedAt, at, by } = source;
  const wrong = new Set(issues.map(({ file }) => file));
  const edge = texts.find(({ file }) => nameOf(file) === EDGE_FILE);
  if (edge === undefined || wrong.has(edge.file)) return [];
  return policies.apps.flatMap(({ app, file }) => {
    const own = texts.find((text) => text.file === file);
    if (own === undefined || wrong.has(file)) return [];
    const files = [edge, own].map(({ file: path, text }) => ({ file: nameOf(path), text }));
    const origin = {
      ...(commit !== undefined && { commit }),
      ...(committedAt !== undefined && { committedAt }),
    };
    return [{ version: POLICY_COPY_VERSION, app, files, ...origin, at, by }];
  });
}

/** Whether both say the same, whoever wrote them and when. */
export function isSameCopy(one: PolicyCopy, other: PolicyCopy): boolean {
  return JSON.stringify(one.files) === JSON.stringify(other.files);
}

/**
 * Why this copy may not take the place of the stored one; undefined: it may. A run of an older commit
 * (somebody runs an old workflow again) must not bring its texts back: the fast lane would go on with them.
 *
 * Worked example: the copy is of Tuesday's commit. Monday's may not replace it, nor may a directory that
 * is in no git. Wednesday's may, and so may Tuesday's with texts that are not committed yet.
 */
export function refuseCopy(stored: PolicyCopy, next: PolicyCopy): string | undefined {
  if (stored.committedAt === undefined) return undefined;
  const kept = `the fast lane goes on with the policies of commit ${stored.commit ?? 'unknown'} (${stored.committedAt})`;
  if (next.committedAt === undefined)
    return `${kept}: these are in no git, so nobody knows whether they are newer`;
  const isOlder = Date.parse(next.committedAt) < Date.parse(stored.committedAt);
  return isOlder ? `${kept}: these are of an older one (${next.committedAt})` : undefined;
}

export function renderCopy(copy: PolicyCopy): string {
  return `${JSON.stringify(copy, null, 2)}\n`;
}

function nameOf(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}
