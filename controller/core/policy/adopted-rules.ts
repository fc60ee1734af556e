/** Rules for builds of untrusted refs, and for what an earlier set-up left behind. */
import { isUntrusted } from '../state/build.ts';
import { isReserved } from '../state/keys.ts';
import { perEnvironment, type Breach } from './breach.ts';
import { isOwnCookie } from './gate-rules.ts';
import type { Issue } from './issue.ts';
import type { Path } from './shape.ts';
import {
  issueAt,
  listApps,
  listEnvironments,
  type EnvironmentEntry,
  type Rule,
  type WrittenPolicies,
} from './written.ts';

export const ADOPTED_RULES: readonly Rule[] = [
  untrustedBuildsAreOnlyPreviewed,
  onlyPreviewsShowAllBuilds,
  rootsAreNoFoldersOfHeadgate,
  perEnvironment(adoptedCookiesAreTwoOfTheirs),
];

/** Nobody may be given a build of a pull request by a policy: whoever wants one opens its link. */
function untrustedBuildsAreOnlyPreviewed(policies: WrittenPolicies): readonly Issue[] {
  return listEnvironments(policies).flatMap(({ id, source, path, written }) => {
    const { release, cohorts, split } = written;
    const named: readonly (readonly [Path, string])[] = [
      [['release', 'build'], release.build],
      ...cohorts.map(({ build }, index) => [['cohorts', index, 'build'], build] as const),
      ...split.map(({ build }, index) => [['split', index, 'build'], build] as const),
    ];
    return named
      .filter(([, build]) => isUntrusted(build))
      .map(([at, build]) =>
        issueAt(source, [...path, ...at], {
          message: `build: "${build}" is of an untrusted ref (pr-...): it can be previewed, never released`,
          example: 'build: "1043"',
          environment: id,
        }),
      );
  });
}

function onlyPreviewsShowAllBuilds(policies: WrittenPolicies): readonly Issue[] {
  return listEnvironments(policies).flatMap(({ id, source, path, written: { preview } }) => {
    if (preview.builds === 'protected' || preview.access !== 'off') return [];
    const message = 'builds: all means nothing with access: off';
    const example = 'preview: { access: signed, builds: all }';
    return [issueAt(source, [...path, 'preview', 'builds'], { message, example, environment: id })];
  });
}

/** In `root: shop/` a build called `untrusted` would be all that pull requests of shop have stored. */
function rootsAreNoFoldersOfHeadgate(policies: WrittenPolicies): readonly Issue[] {
  const apps = listApps(policies);
  return apps.flatMap(({ source, written: { bucket, root = '' } }) => {
    const isTaken = apps.some(
      ({ written }) => written.bucket === bucket && isReserved(written.app, root),
    );
    if (!isTaken) return [];
    const message = `root: "${root}" is a folder that Headgate keeps other things in`;
    return [issueAt(source, ['root'], { message, example: 'root: releases/' })];
  });
}

/** The edge would take its own cookie for the earlier set-up's, or one for both. */
function adoptedCookiesAreTwoOfTheirs({ written }: EnvironmentEntry): readonly Breach[] {
  const cookies = written.adopted?.cookies;
  if (cookies === undefined || cookies === true) return [];
  const example = 'cookies: { build: Build-Number, override: Override }';
  const ours = Object.entries(cookies)
    .filter(([, name]) => isOwnCookie(name))
    .map(([field, name]) => {
      const message = `${field}: "${name}" is of Headgate's own cookies (hg_..., __Host-hg_...)`;
      return { at: ['adopted', 'cookies', field], message, example };
    });
  if (cookies.build !== cookies.override) return ours;
  const message = `override: "${cookies.override}" is the cookie that names the build: every page would be an override`;
  return [...ours, { at: ['adopted', 'cookies', 'override'], message, example }];
}
