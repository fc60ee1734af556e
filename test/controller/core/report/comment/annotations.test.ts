import { expect, it } from 'vitest';
import { listAnnotations } from '../../../../../controller/core/report/comment/annotations.ts';
import { ask, fleetOf, report } from './reports.ts';

/** As the files would have it: the app on line 2, its environment on line 5; the build is on line 9. */
function placesOf(names: readonly string[]) {
  return names.map((app) => ({
    app,
    file: `policies/${app}.yaml`,
    bucket: 'builds',
    region: 'us-east-1',
    line: 2,
    environments: ['prod'],
    environmentLines: [5],
  }));
}

it('stand beside the line that they are about, the gravest first', async () => {
  const names = ['blocked', 'moves', 'quiet', 'refused', 'settings'];
  const fleet = await fleetOf(names);
  ask(fleet.at('moves'), '2');
  ask(fleet.at('refused'), '9');
  ask(fleet.at('settings'), '1', { preview: { access: 'off', ttlSeconds: 60 } });
  fleet.at('blocked').fireAlarm();
  ask(fleet.at('blocked'), '2');
  const issue = { file: 'policies/x.yaml', line: 3, column: 1, message: 'wrong', example: 'right' };
  const { set, ...rest } = await report(fleet);
  const annotations = listAnnotations(
    { set, ...rest, issues: [issue] },
    { places: placesOf(names), policies: fleet.policies },
  );
  const told = annotations.map(({ path, line, level, title }) => [level, path, line, title]);
  expect(told).toEqual([
    ['failure', 'policies/x.yaml', 3, 'Policy issue'],
    ['failure', 'policies/refused.yaml', 9, 'refused/prod is refused'],
    ['warning', 'policies/blocked.yaml', 9, 'blocked/prod: blocked by an alarm'],
    ['notice', 'policies/moves.yaml', 9, 'moves/prod: ➡️ rollout starts'],
    ['notice', 'policies/settings.yaml', 5, 'settings/prod: ➡️ settings only'],
  ]);
  expect(annotations[3]?.message).toContain('visitors moved: about 5');
});

it('are no more than GitHub can be asked to take', async () => {
  const issue = { file: 'policies/x.yaml', line: 3, column: 1, message: 'wrong', example: 'right' };
  const issues = Array.from({ length: 1000 }, () => issue);
  const { set, ...rest } = await report(await fleetOf(['shop']));
  const written = { places: [], policies: { groups: [], apps: [], together: [] } };
  expect(listAnnotations({ set, ...rest, issues }, written)).toHaveLength(300);
});
