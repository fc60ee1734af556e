/** Several environments that one KeyValueStore write moves. */
import { createHash } from 'node:crypto';

/** What one UpdateKeys takes (documented). Its 3 MB are out of reach of 50 hosts with their routes. */
export const KEYS_PER_WRITE = 50;

export interface TrainMember {
  readonly app: string;
  readonly environment: string;
  /** Of its record. */
  readonly bucket: string;
  readonly region: string;
}

/** In the record of a generation, and in its intent: whose generations that one write made. */
export interface Train {
  /** The same for every member, and for no other write. */
  readonly id: string;
  /** All of them, in the order of their names. */
  readonly members: readonly TrainMember[];
  /** They must move together: the whole train goes, or nothing of it does. */
  readonly together: boolean;
}

/** `shop/prod`. */
export function nameMember({ app, environment }: Pick<TrainMember, 'app' | 'environment'>): string {
  return `${app}/${environment}`;
}

/**
 * By the generations that it makes, which come once only: whoever plans the same train gives it the same
 * name, so a plan that was reviewed still holds.
 */
export function makeTrain(
  store: string,
  members: readonly (TrainMember & { readonly generation: number })[],
  together: boolean,
): Train {
  const sorted = members.toSorted((a, b) => (nameMember(a) < nameMember(b) ? -1 : 1));
  const made = sorted.map((member) => `${nameMember(member)}@${member.generation}`);
  const id = createHash('sha256')
    .update(JSON.stringify([store, ...made]))
    .digest('hex');
  return {
    id: id.slice(0, 16),
    members: sorted.map(({ app, environment, bucket, region }) => ({
      app,
      environment,
      bucket,
      region,
    })),
    together,
  };
}
