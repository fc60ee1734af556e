/** Words for builds that every other module uses. */

import { createHash } from 'node:crypto';
import type { BuildRef, OriginTarget, Route } from '../../../edge/contract/route.ts';

/** `off` is no build number: `?override_build_number=off` leaves a preview. */
export const BUILD_PATTERN = /^(?!off$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Builds of untrusted refs (pull requests) have such names, and no others do. */
const UNTRUSTED_PATTERN = /^pr-/;

export function isUntrusted(build: string): boolean {
  return UNTRUSTED_PATTERN.test(build);
}

/** First 16 hex digits of the SHA-256 of a build's manifest: the build's identity in routes and records. */
export type Digest = string;

export interface Build {
  readonly build: string;
  readonly digest: Digest;
  /**
   * Present for a whole origin that stands in the place of a build. It is kept here, not looked up in
   * the policy: what was released can be returned to after the policy has forgotten it.
   */
  readonly origin?: OriginTarget;
}

export const DIGEST_LENGTH = 16;

export function toRef(build: Build): BuildRef {
  return [build.build, build.digest];
}

/** `origins`: of the route that names it. */
export function fromRef([build, digest]: BuildRef, origins: Route['origins']): Build {
  // Not `origins[build]` alone: a build may be named `constructor`.
  const origin = origins && Object.hasOwn(origins, build) ? origins[build] : undefined;
  return { build, digest, ...(origin !== undefined && { origin }) };
}

/** What stands for a whole origin wherever builds are named. Another target is another build. */
export function originBuild(name: string, origin: OriginTarget): Build {
  const text = `origin ${name} ${origin}`;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, DIGEST_LENGTH);
  return { build: name, digest, origin };
}

/** `build 1043`, `origin green`. */
export function nameBuild({ build, origin }: Build): string {
  return `${origin === undefined ? 'build' : 'origin'} ${build}`;
}

/** The same at the start of a sentence. */
export function startWith(build: Build): string {
  const name = nameBuild(build);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** `build 1043`, `origin green (https://green.example.com)`. */
export function describeBuild({ build, origin }: Build): string {
  return origin === undefined ? `build ${build}` : `origin ${build} (${origin})`;
}
