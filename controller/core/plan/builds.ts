import { EXIT } from '../errors.ts';
import type { NamedBuild } from '../policy/policy.ts';
import { blockUnproven } from '../provenance/require.ts';
import { isPooled } from '../publish/path-pattern.ts';
import { nameBuild, type Build } from '../state/build.ts';
import type { Manifest, PublishSettings } from '../state/manifest.ts';
import { findQuarantine } from '../state/quarantine.ts';
import type { Quarantine, State } from '../state/record.ts';
import type { EnvironmentFacts } from './facts.ts';
import { checkOneMeaning, findOriginProblem, norOrigin } from './origins.ts';
import type { Refusal } from './plan.ts';

/** Also where nothing is refused, as a rollback needs none of them. */
export function explainUnread({ unread }: EnvironmentFacts): readonly string[] {
  return [...(unread?.values() ?? [])].map(({ message, next }) => `warning: ${message}. ${next}`);
}

/**
 * Whether every build the next route names can be served: published, the same bytes as before, laid
 * out as the policy says, and (for those that answer navigations) with an entry page. The stable
 * build is the rollback target: without it nothing may move forward.
 */
export function checkBuilds(facts: EnvironmentFacts, state: State): readonly Refusal[] {
  const canary = state.rollout?.canary;
  const released = [state.stable, ...(canary === undefined ? [] : [canary])];
  const named = namedBuilds(facts).flatMap(({ build }) => {
    const published = facts.builds.get(build)?.build;
    const isServed = published && !findQuarantine(state.quarantine, published);
    const isOther = released.every((other) => other.build !== build);
    return isServed && isOther ? [published] : [];
  });
  return [...released, ...named].flatMap((build) => {
    const problem = findProblem(facts, build);
    return problem === undefined ? [] : [{ exitCode: EXIT.unsafe, ...problem }];
  });
}

/**
 * What cohorts and split name must be published, and prove where it comes from if the policy requires that;
 * what is quarantined is only skipped. And no name may mean two things.
 */
export function checkNamed(facts: EnvironmentFacts): readonly Refusal[] {
  const quarantine = facts.adoption.record?.quarantine ?? [];
  const unpublished = namedBuilds(facts).flatMap(({ name, build, line }) => {
    if (facts.builds.has(build) || findBar(facts, build, quarantine)) return [];
    const { message, next } = facts.unread?.get(build) ?? {
      message: `build "${build}" is not published: it has no manifest${norOrigin(facts.app)}`,
      next: `Publish it first (headgate publish <dir> --build ${build} ...), or name a published build.`,
    };
    const place = { file: facts.app.file, line };
    return [{ exitCode: EXIT.usage, message: `${name}: ${message}`, next, place }];
  });
  return [...unpublished, ...checkProven(facts, quarantine), ...checkOneMeaning(facts)];
}

function checkProven(
  facts: EnvironmentFacts,
  quarantine: readonly Quarantine[],
): readonly Refusal[] {
  return namedBuilds(facts).flatMap(({ name, build, line }) => {
    const published = facts.builds.get(build)?.build;
    if (published === undefined || findQuarantine(quarantine, published)) return [];
    return blockUnproven(facts.environment, facts.provenance, published).map(({ why, wayOut }) => ({
      exitCode: EXIT.unsafe,
      message: `${name}: ${why}`,
      next: wayOut,
      place: { file: facts.app.file, line },
    }));
  });
}

/** A warning for every entry of cohorts and split that the route is rendered without. */
export function explainSkipped(
  facts: EnvironmentFacts,
  quarantine: readonly Quarantine[],
): readonly string[] {
  return namedBuilds(facts).flatMap(({ name, instead, build }) => {
    const bar = findBar(facts, build, quarantine);
    if (bar === undefined) return [];
    return [
      `warning: ${name} ${instead}: ${nameBuild(bar.build)} is quarantined since rollback ${bar.rollback}`,
    ];
  });
}

interface Entry extends NamedBuild {
  readonly name: string;
  /** What becomes of it while its build is quarantined. */
  readonly instead: string;
}

function namedBuilds({ environment }: EnvironmentFacts): readonly Entry[] {
  const { cohorts, split } = environment;
  return [
    ...cohorts.map((cohort) => ({
      ...cohort,
      name: `cohort ${cohort.name}`,
      instead: 'is skipped',
    })),
    ...split.map((arm) => ({ ...arm, name: `split arm ${arm.build}`, instead: 'gets stable' })),
  ];
}

/** Of a build whose manifest wasn't read, or is gone, the number is all there is. */
function findBar(
  facts: EnvironmentFacts,
  number: string,
  quarantine: readonly Quarantine[],
): Quarantine | undefined {
  const published = facts.builds.get(number)?.build;
  return published === undefined
    ? quarantine.find(({ build }) => build.build === number)
    : findQuarantine(quarantine, published);
}

/** What is wrong with a build as one to serve everyone, and what would mend it. */
export function findProblem(
  facts: EnvironmentFacts,
  build: Build,
): { message: string; next: string } | undefined {
  if (build.origin !== undefined) return findOriginProblem(facts, build);
  const name = `build "${build.build}"`;
  const published = facts.builds.get(build.build);
  if (published === undefined) {
    return (
      facts.unread?.get(build.build) ?? {
        message: `${name} can't be served or returned to: its manifest is gone from bucket ${facts.app.bucket}`,
        next: `Restore it, or publish the same files as ${name} again.`,
      }
    );
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
        'Restore the pool patterns. To take files out of the pool: publish and release a build with `layout: tree`, ' +
        'then change the patterns. To move them into it: publish and release a build that has them under a new ' +
        'folder name, then change the patterns for that folder.',
    };
  }
  return undefined;
}

/**
 * Files of a build that the edge would look for in the other place: the pool, or the build's own prefix. A
 * complete tree has its pooled files in both.
 */
export function findMisplaced(manifest: Manifest, settings: PublishSettings): readonly string[] {
  return manifest.files
    .filter(({ location }) => location !== 'private')
    .filter(({ location, path }) =>
      isPooled(settings, path)
        ? location !== 'pool'
        : location === 'pool' && manifest.settings.layout !== 'tree',
    )
    .map((file) => file.path);
}
