import { ConflictError, RefusedError } from '../../core/errors.ts';
import type { EnvironmentSubject } from '../../core/policy/subjects.ts';
import { longestLifetime } from '../../core/tokens/lifetime.ts';
import { mayDropAt } from '../../core/tokens/rotation.ts';
import type { Context } from '../../ports/context.ts';
import type { MasterKey } from '../../ports/key-store.ts';

export interface Rotation {
  /**
   * `staged`: the newest key is known to the edge and signs nothing yet. `finished`: an interrupted or
   * staged rotation was carried on.
   */
  readonly outcome: 'rotated' | 'staged' | 'finished';
  /** Kids, newest first. */
  readonly live: readonly string[];
  readonly dropped: readonly string[];
  /** When the newest begins to sign, or may be made to. ISO 8601. Absent: it does. */
  readonly from?: string;
}

export interface Job {
  readonly subject: EnvironmentSubject;
  readonly force: boolean;
  /** How long a new key spreads before it signs; 0: a later run makes it sign. */
  readonly waitSeconds: number;
  readonly context: Context;
}

/** Takes the new key back when another run made one meanwhile: together they would drop a live one. */
export async function createAlone(
  { subject: { app, environment }, context }: Job,
  kid: string,
  before: readonly string[],
): Promise<MasterKey> {
  const store = context.keys(app.region);
  const created = await store.create(app.app, environment.name, kid);
  const known = new Set([kid, ...before]);
  const others = kidsOf(await store.read(app.app, environment.name));
  if (others.every((other) => known.has(other))) return created;
  await store.remove(app.app, environment.name, [kid]);
  throw new ConflictError(
    `Another run rotated the keys of ${app.app}/${environment.name} at the same time.`,
  );
}

export function refuseEarlyDrop(
  { subject: { app, environment }, force, context }: Job,
  kids: readonly string[],
): void {
  const at = mayDropAt(kids, longestLifetime(environment), context.clock.now());
  if (at === undefined || force) return;
  throw new RefusedError(
    `${app.app}/${environment.name} has two live keys, and tokens of the older one may be valid until ${at.toISOString()}.`,
    'Rotate after that; or, when a key has leaked, add --force: every token of the older key stops working.',
  );
}

export function kidsOf(keys: readonly MasterKey[]): readonly string[] {
  return keys.map(({ kid }) => kid);
}
