/** The home stack remembers in which other regions there is a stack: nobody could look for them in all there are. */
import { HOME_REGION, REGIONS_OUTPUT } from '../infrastructure/names.ts';

/** Regions that a stack was made in; also those that no policy names any more. */
export function rememberedRegions(
  outputs: Readonly<Record<string, string>> = {},
): readonly string[] {
  return (outputs[REGIONS_OUTPUT] ?? '').split(',').filter((region) => region !== '');
}

/** What they are remembered by; undefined: there are none. */
export function rememberRegions(regions: readonly string[]) {
  const others = [...new Set(regions)].filter((region) => region !== HOME_REGION).toSorted();
  if (others.length === 0) return undefined;
  return { Description: 'Where else there is a stack of this name', Value: others.join(',') };
}
