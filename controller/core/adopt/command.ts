import type { AdoptPlan } from './plan.ts';

/** The command that asks the same again. */
export function renderCommand({ facts }: AdoptPlan): string {
  const { app, environment, group, distribution, parameter, region, said } = facts;
  const { build, isFlat, spa, replaces, keeps, cookies, hosts, role } = said;
  const named =
    cookies === undefined || cookies === 'none' ? cookies : `${cookies.build},${cookies.override}`;
  const flags: readonly (readonly [string, string | undefined])[] = [
    ['distribution', distribution.id],
    ['app', app],
    ['environment', environment],
    ['group', group],
    ['region', region],
    ['active-build-parameter', parameter?.name],
    ['build', build],
    ['spa', spa === undefined ? undefined : spa ? 'yes' : 'no'],
    ['replaces', replaces.join(',') || undefined],
    ['keeps', keeps.join(',') || undefined],
    ['cookies', named],
    ['hosts', hosts.join(',') || undefined],
    ['role', role],
  ];
  const given = flags.flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${value}`],
  );
  return ['headgate adopt', ...given, ...(isFlat ? ['--flat'] : [])].join(' ');
}
