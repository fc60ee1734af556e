import { originBuild, type Build } from '../state/build.ts';
import type { AppPolicy } from './policy.ts';

/** The whole origin of that name, as what stands in the place of a build; undefined: there is none. */
export function findOrigin(
  { origins = {} }: Pick<AppPolicy, 'origins'>,
  name: string,
): Build | undefined {
  // Not `origins[name]` alone: a build may be named `constructor`.
  const origin = Object.hasOwn(origins, name) ? origins[name] : undefined;
  if (origin === undefined) return undefined;
  return originBuild(name, 'id' in origin ? origin.id : origin.url);
}
