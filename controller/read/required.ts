import type { EnvironmentFacts } from '../core/plan/facts.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import type { Context } from '../ports/context.ts';

/** The records of the environments that a release here requires; none that can't be read is passed over. */
export async function readRequired(
  context: Context,
  { app, environment }: EnvironmentSubject,
): Promise<EnvironmentFacts['required']> {
  const records = context.records(app);
  const read = await Promise.all(
    (environment.release.requires ?? []).map(async ({ environment: name }) => {
      const stored = await records.read(app.app, name);
      return stored === undefined ? [] : [[name, stored.record] as const];
    }),
  );
  return new Map(read.flat());
}
