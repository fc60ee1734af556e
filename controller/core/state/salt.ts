import { createHash } from 'node:crypto';

/**
 * A salt that stays the same over rollouts, policy edits and lost records, since it comes from names
 * alone. Far larger than any generation, so no rollout draws with it.
 */
export function deriveSalt(kind: 'split' | 'gate', environment: string): number {
  return createHash('sha256').update(`${environment}/${kind}`).digest().readUInt32BE(0);
}
