import { EXIT } from '../errors.ts';
import type { Build } from '../state/build.ts';
import type { State } from '../state/record.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Refusal } from './plan.ts';
import { isPooled } from '../publish/path-pattern.ts';
import type { Manifest, PublishSettings } from '../state/manifest.ts';

/**
 * Whether every build the next route names can be served: published, the same bytes as before, laid
 * out as the policy says, and (for those that answer navigations) with an entry page. The stable
 * build is the rollback target: without it nothing may move forward.
 */
export function checkBuilds(facts: EnvironmentFacts, state: State): readonly Refusal[] {
  const canary = state.rollout?.canary;
  const served = [state.stable, ...(canary === undefined ? [] : [canary])];
  return served.flatMap((build) => {
    const problem = findProblem(facts, build);
    return problem === undefined ? [] : [{ exitCode: EXIT.unsafe, ...problem }];
  });
}

function findProblem(
  facts: EnvironmentFacts,
  build: Build,
): { message: string; next: string } | undefined {
  const name = `build "${build.build}"`;
  const published = facts.builds.get(build.build);
  if (published === undefined) {
    return {
      message: `${name} can't be served or returned to: its manifest is gone from bucket ${facts.app.bucket}`,
      next: `Restore it, or publish the same files as ${name} again.`,
    };
  }
  if (published.build.digest !== build.digest) {
    return {
      message: `${name} is not the build that was released: its manifest digest is ${published.build.digest}, it was ${build.digest}`,
      next: 'Restore the original objects; published builds never change.',
    };
  }
  if (!published.hasEntryPage) {
    return {
      message: `${name} has no index.html in bucket ${facts.app.bucket}`,
      next: `Restore it, or publish the same files as ${name} again.`,
    };
  }
  if (published.misplaced.length > 0) {
    const { length } = published.misplaced;
    return {
      message: `${length} file(s) of ${name} (${published.misplaced[0]}) are not where the policy's pool patterns look for them`,
      next:
        'Restore the pool patterns. To move files into or out of the pool: publish and release a build ' +
        'that has them under a new folder name, then change the patterns for that folder.',
    };
  }
  return undefined;
}

/** Files of a build that the edge would look for in the other place: the pool, or the build's own prefix. */
export function findMisplaced(manifest: Manifest, settings: PublishSettings): readonly string[] {
  return manifest.files
    .filter((file) => (file.location === 'pool') !== isPooled(settings, file.path))
    .map((file) => file.path);
}
