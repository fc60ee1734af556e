/** Words for builds that every other module uses. */

import type { BuildRef } from '../../../edge/contract/route.ts';

/** `off` is no build number: `?override_build_number=off` leaves a preview. */
export const BUILD_PATTERN = /^(?!off$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** First 16 hex digits of the SHA-256 of a build's manifest: the build's identity in routes and records. */
export type Digest = string;

export interface Build {
  readonly build: string;
  readonly digest: Digest;
}

export const DIGEST_LENGTH = 16;

export function toRef(build: Build): BuildRef {
  return [build.build, build.digest];
}

export function fromRef(ref: BuildRef): Build {
  return { build: ref[0], digest: ref[1] };
}
