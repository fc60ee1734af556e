/**
 * The texts of an app's policy as the last reconcile found them right, at `<app>/policies.json` in its
 * bucket: the fast lane has no checkout. Written by reconcile alone.
 */
import { listLeftOut } from './places.ts';
import type { Policies } from './policy.ts';
import { EDGE_FILE, readPolicies, type PoliciesRead } from './read-policies.ts';
import type { PolicyText } from './source.ts';

export const POLICY_COPY_VERSION = 1;

export interface PolicyCopy {
  readonly version: typeof POLICY_COPY_VERSION;
  readonly app: string;
  /** `edge.yaml`, the app's own file, and those of apps that move together with it, by name alone. */
  readonly files: readonly PolicyText[];
  /** Environments in it that this run did not move, because of an issue; absent: none. */
  readonly refused?: readonly string[];
  readonly commit?: string;
  /** When that commit was made: the order of copies. ISO 8601; absent: outside git. */
  readonly committedAt?: string;
  /** When and by whom it was written. ISO 8601. */
  readonly at: string;
  readonly by: string;
}

/** What a run found, and where it comes from. */
export interface CopySource {
  readonly read: PoliciesRead;
  readonly texts: readonly PolicyText[];
  readonly commit: string | undefined;
  readonly committedAt: string | undefined;
  readonly at: string;
  readonly by: string;
}

/**
 * One for each app of which this run moves any environment: what the fast lane goes by must be what moved
 * it, or it would take that back. An app that nothing of moves stays with its former copy.
 *
 * Worked example: `prod` names another build, and `dev` has an issue. The run moves prod, so the copy is
 * the new text, with `refused: ['dev']`, of which the lane does what this run does: it guards.
 */
export function copyPolicies(source: CopySource): readonly PolicyCopy[] {
  const { read, texts, commit, committedAt, at, by } = source;
  const usable = withGroups(read.policies);
  const edge = texts.find(({ file }) => nameOf(file) === EDGE_FILE);
  if (edge === undefined) return [];
  return usable.apps.flatMap(({ app, file, environments }) => {
    const own = texts.find((text) => text.file === file);
    if (own === undefined || environments.length === 0) return [];
    const mates = findMateFiles(app, read).flatMap((path) =>
      texts.filter((text) => text.file === path),
    );
    const files = [edge, own, ...mates].map(({ file: path, text }) => ({
      file: nameOf(path),
      text,
    }));
    const left = listLeftOut(read.places, usable).filter((one) => one.app === app);
    const refused = left.map(({ environment }) => environment).toSorted();
    const origin = {
      ...(refused.length > 0 && { refused }),
      ...(commit !== undefined && { commit }),
      ...(committedAt !== undefined && { committedAt }),
    };
    return [{ version: POLICY_COPY_VERSION, app, files, ...origin, at, by }];
  });
}

/** The other apps of which environments move together with one of this app's. */
export function listMates({ app, files }: PolicyCopy): readonly string[] {
  return findMates(app, readPolicies(files, { isPart: true }).policies);
}

/** Where its record is lost, their files tell where they are. What is wrong in them is none of its own. */
function findMateFiles(app: string, { policies, places }: PoliciesRead): readonly string[] {
  const mates = findMates(app, policies);
  return places.flatMap((place) => (mates.includes(place.app) ? [place.file] : [])).toSorted();
}

function findMates(app: string, { together = [] }: Policies): readonly string[] {
  const trains = together.map((members) => members.map(appOf));
  const mates = new Set(trains.filter((apps) => apps.includes(app)).flat());
  mates.delete(app);
  return [...mates];
}

function appOf(member: string): string {
  return member.split('/')[0] ?? member;
}

/**
 * Its own app's policies, without the environments that the run which wrote it refused: only that saw all
 * files. What moves together with them has a copy of its own, which may be newer.
 */
export function readCopy({ app: own, files, refused = [] }: PolicyCopy): PoliciesRead {
  const read = readPolicies(files, { isPart: true });
  const apps = read.policies.apps.flatMap((app) => {
    const environments = app.environments.filter(({ name }) => !refused.includes(name));
    return app.app === own ? [{ ...app, environments }] : [];
  });
  const places = read.places.filter(({ app }) => app === own);
  const neighbours = read.policies.apps.filter(({ app }) => app !== own);
  return { ...read, places, policies: { ...read.policies, apps, neighbours } };
}

/** An environment whose group can't be used isn't planned either. */
function withGroups({ groups, apps, ...rest }: Policies): Policies {
  const names = new Set(groups.map(({ name }) => name));
  return {
    ...rest,
    groups,
    apps: apps.map((app) => ({
      ...app,
      environments: app.environments.filter(({ edge }) => names.has(edge.group)),
    })),
  };
}

/** Whether both say the same, whoever wrote them and when. */
export function isSameCopy(one: PolicyCopy, other: PolicyCopy): boolean {
  return JSON.stringify(sayings(one)) === JSON.stringify(sayings(other));
}

function sayings({ files, refused = [] }: PolicyCopy) {
  return [files, refused];
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
  const isOlder = isOlderCommit(stored, next);
  return isOlder ? `${kept}: these are of an older one (${next.committedAt})` : undefined;
}

/** Whether these texts were in force once, and newer ones are now. Outside git nobody knows. */
export function isOlderCommit(stored: PolicyCopy, next: PolicyCopy): boolean {
  if (stored.committedAt === undefined || next.committedAt === undefined) return false;
  // No commit is of later than it was copied: a machine whose clock is ahead must not bar all that follow.
  const since = Math.min(Date.parse(stored.committedAt), Date.parse(stored.at));
  return Date.parse(next.committedAt) < since;
}

export function renderCopy(copy: PolicyCopy): string {
  return `${JSON.stringify(copy, null, 2)}\n`;
}

function nameOf(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}
