import { pullRequestOf } from '../publish/pull-request.ts';
import { isUntrusted, type Build } from '../state/build.ts';
import { listAllNamed } from '../state/origins.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { parseRoute } from '../state/route.ts';
import type { PresentBuild, References, Rules } from './facts.ts';
import { isLive } from './lease.ts';

/** Why a build is kept; `isRequired`: it is served, so that its absence is a fault, not an age. */
export interface Mark {
  readonly why: string;
  readonly isRequired: boolean;
  /** Its manifest comes back when it is gone; not for a publish, which takes it as it finds it. */
  readonly restores: boolean;
}

/** The builds that something needs, by number: the first reason of each, the strongest first. */
export function findMarks(
  references: References,
  { pullRequests }: Pick<Rules, 'pullRequests'>,
  now: Date,
): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>();
  const add = (build: string, mark: Mark): void => {
    if (!marks.has(build)) marks.set(build, mark);
  };
  const mark = (build: string, why: string, isRequired: boolean): void =>
    add(build, { why, isRequired, restores: true });
  for (const record of references.records) markRecord(record, mark);
  for (const build of references.floors) mark(build, 'floor of a published function', true);
  for (const build of references.live) mark(build, 'on a live route', false);
  for (const build of references.named) mark(build, 'named by the policy', false);
  for (const lease of references.previews.filter((one) => isLive(one, now))) {
    mark(lease.build, `preview link until ${lease.expires}`, false);
  }
  for (const { build } of [...references.builds, ...references.tombstones]) {
    const number = pullRequestOf(build);
    if (number === undefined || pullRequests?.open.has(number) !== true) continue;
    mark(build, `pull request ${number} is open`, false);
  }
  const passive = { isRequired: false, restores: false };
  for (const { build, base, ...lease } of references.publishing) {
    if (!isLive(lease, now)) continue;
    add(build, { why: `is being published (until ${lease.expires})`, ...passive });
    if (base) add(base, { why: `base of ${build}, which is being published`, ...passive });
  }
  return marks;
}

type MarkBuild = (build: string, why: string, isRequired: boolean) => void;

/** Its intent too: a run is about to make that true, or a later one finishes it. */
function markRecord(record: EnvironmentRecord, mark: MarkBuild): void {
  const where = `${record.app}/${record.environment}`;
  const take = (build: Build | undefined, what: string, isRequired: boolean): void => {
    // A whole origin has no files here.
    if (build !== undefined && build.origin === undefined) {
      mark(build.build, `${what} of ${where}`, isRequired);
    }
  };
  take(record.stable, 'stable', true);
  take(record.rollout?.canary, 'canary', true);
  for (const build of record.kept) take(build, 'kept for open pages', true);
  const route = parseRoute(record.route);
  const origins = new Set(Object.keys(route?.origins ?? {}));
  for (const [build] of route === undefined ? [] : listAllNamed(route)) {
    if (!origins.has(build)) mark(build, `route of ${where}`, true);
  }
  if (record.intent !== undefined) markRecord(record.intent, mark);
  // What may be gone without harm to anybody: evidence, and ways back.
  take(record.hold?.build, 'hold', false);
  for (const { build } of record.quarantine) take(build, 'quarantine', false);
  for (const { build } of record.served ?? []) take(build, 'served before', false);
  take(record.last.stable, 'served before', false);
  if (record.marker !== undefined) mark(record.marker.build[0], `rollback of ${where}`, false);
}

const NUMBERS = new Intl.Collator('en', { numeric: true });

/** Of builds that nothing needs, why they stay all the same. */
export function findExempt(
  builds: readonly PresentBuild[],
  rules: Rules,
  now: Date,
): ReadonlyMap<string, string> {
  const timeOf = ({ publishedAt }: PresentBuild): Date => publishedAt ?? now;
  const trusted = builds.filter(({ build }) => !isUntrusted(build));
  const newest = trusted
    .toSorted(
      (a, b) =>
        timeOf(b).getTime() - timeOf(a).getTime() ||
        // S3 tells times to the second: of two in the same one the higher number counts as newer.
        NUMBERS.compare(b.build, a.build),
    )
    .slice(0, rules.newest);
  const exempt = new Map<string, string>();
  for (const one of builds) {
    const age = (now.getTime() - timeOf(one).getTime()) / 1000;
    if (age < rules.youngerSeconds) exempt.set(one.build, 'young');
    // Its files are not in the listing: nobody could tell later whether they are all there.
    if (one.publishedAt === undefined) exempt.set(one.build, 'published just now');
    const why = isUntrusted(one.build) ? explainPullRequest(one, rules) : undefined;
    if (why !== undefined) exempt.set(one.build, why);
  }
  for (const { build } of newest) exempt.set(build, `one of the newest ${rules.newest}`);
  return exempt;
}

/** undefined: it is closed. What can't be told is kept: another repository has other pull requests of that number. */
function explainPullRequest(
  { build, repository }: PresentBuild,
  { pullRequests }: Rules,
): string | undefined {
  const number = pullRequestOf(build);
  if (number === undefined) return 'its name tells no pull request';
  if (pullRequests === undefined) return 'its pull request may be open';
  const { open, closed } = pullRequests;
  if (open.has(number)) return `pull request ${number} is open`;
  if (pullRequests.repository !== undefined && pullRequests.repository !== repository) {
    return repository === undefined
      ? 'its manifest tells no repository, so its pull request may be open'
      : `pull request ${number} of ${repository} may be open`;
  }
  if (closed === undefined || closed.has(number)) return undefined;
  return `pull request ${number} may be open`;
}
