import { copyPolicies, type PolicyCopy } from '../core/policy/policy-copy.ts';
import type { Context } from '../ports/context.ts';
import type { RunFacts } from '../ports/surroundings.ts';
import type { LoadedPolicies } from './load-policies.ts';

/** What the fast lane is to go by, of the policies that were loaded. */
export async function copyLoaded(
  { surroundings, clock }: Pick<Context, 'surroundings' | 'clock'>,
  loaded: LoadedPolicies,
  { by, commit }: RunFacts,
): Promise<readonly PolicyCopy[]> {
  const committedAt = await surroundings.committedAt();
  const at = clock.now().toISOString();
  return copyPolicies({ read: loaded, texts: loaded.texts, by, commit, committedAt, at });
}
