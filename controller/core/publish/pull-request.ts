import { isUntrusted } from '../state/build.ts';
import type { Made } from '../state/manifest.ts';

/** What `preview.yml` calls the builds of pull request 12: `pr-12-<run>-<attempt>`; by hand also `pr-12`. */
const NUMBERED = /^pr-([1-9]\d{0,9})(?:-|$)/;

/** The number of the pull request that a build is of; undefined: its name doesn't say. */
export function pullRequestOf(build: string): number | undefined {
  const number = isUntrusted(build) ? NUMBERED.exec(build)?.[1] : undefined;
  return number === undefined ? undefined : Number(number);
}

/** What all its builds begin with. `pr-1` is no prefix of `pr-12-3-1`'s: see `pullRequestOf`. */
export function nameOfAll(pullRequest: number): string {
  return `pr-${pullRequest}`;
}

/** Newest first: `pr-12-10-1` before `pr-12-9-2`. */
export function sortNewestFirst(builds: readonly string[]): readonly string[] {
  const collator = new Intl.Collator('en', { numeric: true });
  return builds.toSorted((one, other) => collator.compare(other, one));
}

/** `acme/shop`: where the run was that published a build; undefined: nobody wrote it down. */
export function repositoryOf(made: Made | undefined): string | undefined {
  return /^https:\/\/[^/]+\/([\w-]+\/[\w.-]+)\/actions\/runs\//.exec(made?.run ?? '')?.[1];
}
