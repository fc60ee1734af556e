import { listAskedHosts } from '../core/plan/asked-hosts.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { hasArrived, readSeen, type Propagation, type Seen } from '../core/report/seen.ts';
import type { Context } from '../ports/context.ts';

const TIMEOUT_MILLISECONDS = 10_000;
/** Between two looks at the same hosts. */
const PAUSE_MILLISECONDS = 500;

type Probing = Pick<Context, 'probe' | 'clock'>;

/** What is asked, and what it should have. */
type Served = Pick<EnvironmentFacts, 'app' | 'environment' | 'adoption'> &
  Partial<Pick<EnvironmentFacts, 'distribution'>>;

export interface Sighting {
  readonly seen: readonly Seen[];
  /** Present when it was waited for, and came. */
  readonly propagation?: Propagation;
}

/** Asks every host of the policy what it serves; the distribution itself where it knows none of them. */
async function probeHosts(
  { probe }: Pick<Probing, 'probe'>,
  { app, environment, distribution }: Served,
): Promise<readonly Seen[]> {
  const expected = { app: app.app, env: environment.name };
  return Promise.all(
    listAskedHosts(environment, distribution).map(async (asked) => {
      const url = `https://${asked.host}/_headgate/build`;
      const answered = await probe.get(url, { timeoutMilliseconds: TIMEOUT_MILLISECONDS });
      return readSeen(asked, answered, expected);
    }),
  );
}

/** Asks until every host has the record's generation, or the time is over; with no time, once. */
export async function awaitSeen(
  context: Probing,
  facts: Served,
  waitSeconds: number,
): Promise<Sighting> {
  const { record } = facts.adoption;
  const end = context.clock.now().getTime() + waitSeconds * 1000;
  for (let look = 1; ; look++) {
    const seen = await probeHosts(context, facts);
    if (record === undefined) return { seen };
    const now = context.clock.now().getTime();
    if (hasArrived(seen, record.generation)) {
      if (waitSeconds === 0) return { seen };
      const seconds = Math.max(0, (now - Date.parse(record.last.at)) / 1000);
      return { seen, propagation: { seconds, isAtMost: look === 1 } };
    }
    if (now >= end) return { seen };
    await context.clock.sleep(Math.min(PAUSE_MILLISECONDS, end - now));
  }
}
