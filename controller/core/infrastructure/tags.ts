import type { Setup } from '../policy/setup.ts';
import type { Place } from './names.ts';

type Tags = readonly { readonly Key: string; readonly Value: string }[];

/** On everything that takes tags: whose it is. */
export function tagsOf({ stack }: Setup, more: Readonly<Record<string, string>> = {}): Tags {
  const tags = { 'headgate:stack': stack, ...more };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Of what is for one environment alone. */
export function tagsOfPlace(setup: Setup, { app, environment }: Place): Tags {
  return tagsOf(setup, { 'headgate:app': app, 'headgate:environment': environment });
}
