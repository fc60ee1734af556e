import { expect, it } from 'vitest';
import { planSettings, settingsOf } from '../../../../controller/core/plan/settings.ts';
import { appPolicy, environmentPolicy } from '../../../fakes/world.ts';

const app = appPolicy(environmentPolicy('1'));
const headers = [{ files: '/fonts/*', cache: 'immutable' }] as const;

it('is a change when headers or source maps are, and says what they are', () => {
  const stored = settingsOf(app);
  const plan = planSettings({ ...app, headers, sourceMaps: 'public' }, stored);
  expect(plan.changes).toMatchObject([{ kind: 'write-settings', settings: { headers } }]);
  expect(plan.to).toMatch(/headers of \/fonts\/\*, source maps public$/);
  expect(
    planSettings(
      app,
      plan.changes[0]?.kind === 'write-settings' ? plan.changes[0].settings : undefined,
    ).direction,
  ).toBe('forward');
});

it('is none when only the spelling of a default differs', () => {
  const stored = { ...settingsOf(app), headers: [], sourceMaps: 'private' } as const;
  expect(planSettings(app, stored)).toMatchObject({ direction: 'none', changes: [] });
});

it('says that builds are complete trees', () => {
  const plan = planSettings({ ...app, layout: 'tree' }, settingsOf(app));
  expect(plan.changes).toMatchObject([{ settings: { layout: 'tree' } }]);
  expect(plan.to).toContain('pool /assets/*, each build a complete tree');
  expect(planSettings(app, { ...settingsOf(app), layout: 'pool' }).direction).toBe('none');
});
