import type { LogLook } from '../../core/doctor/facts.ts';
import { listWantedLogs } from '../../core/doctor/wanted.ts';
import type { Policies } from '../../core/policy/policy.ts';
import type { Context } from '../../ports/context.ts';
import type { Notebook } from './notebook.ts';

/** Log groups that bootstrap would make, as they are. Only those with metric filters are asked for them. */
export async function readLogs(
  { inspection }: Context,
  policies: Policies,
  notebook: Notebook,
): Promise<readonly LogLook[]> {
  const wanted = listWantedLogs(policies);
  const prefixes = [...new Set(wanted.map(({ name }) => folderOf(name)))];
  const read = await Promise.all(
    prefixes.map(async (prefix) => {
      const groups = await notebook.read('logs', () => inspection.logGroups(prefix));
      return groups.map((days) => [prefix, days] as const);
    }),
  );
  const known = new Map(read.flat());
  const looks = await Promise.all(
    wanted.map(async ({ name, days: wantedDays, filters }): Promise<readonly LogLook[]> => {
      const groups = known.get(folderOf(name));
      if (groups === undefined) return [];
      const days = groups.get(name);
      const live = days === undefined ? undefined : { days };
      const present =
        filters.length === 0 || live === undefined
          ? []
          : await notebook.read(`log group ${name}`, () => inspection.metricFilters(name));
      const missing = filters.filter((filter) => present[0]?.includes(filter) === false);
      return [{ name, wantedDays, live, missing }];
    }),
  );
  return looks.flat();
}

/** `/aws/cloudfront/function/headgate-`: one call for all groups. */
function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1) + (name.split('/').at(-1)?.split('-')[0] ?? '');
}
