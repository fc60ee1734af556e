import { describe, expect, it } from 'vitest';
import { planApp } from '../../../../controller/core/plan/app.ts';
import { settingsOf } from '../../../../controller/core/plan/settings.ts';
import { appPolicy, environmentPolicy } from '../../../fakes/world.ts';
import { writeCopy } from '../../lambda/copy.ts';

const app = appPolicy(environmentPolicy('1'));
const settings = settingsOf(app);
const copy = { ...writeCopy('1'), committedAt: '2026-03-03T00:00:00Z' };
const stored = { copy, revision: 'r1' };
const kinds = (plan: ReturnType<typeof planApp>) => plan.changes.map(({ kind }) => kind);

describe('what belongs to an app', () => {
  it('is its settings and the copy of its policy, each written when it differs', () => {
    const first = planApp({ app, settings: undefined, stored: undefined, copy });
    expect(kinds(first)).toEqual(['write-settings', 'write-policy-copy']);
    const next = { ...writeCopy('2'), committedAt: '2026-03-04T00:00:00Z' };
    const plan = planApp({ app, settings, stored, copy: next });
    expect(plan).toMatchObject({ direction: 'forward', changes: [{ copy: next, revision: 'r1' }] });
    expect(plan.why).toMatch(/fast lane/);
    expect(kinds(planApp({ app, settings, stored, copy }))).toEqual([]);
  });

  it('keeps the copy of a later commit, and says so', () => {
    const older = { ...writeCopy('2'), committedAt: '2026-03-02T00:00:00Z' };
    const plan = planApp({ app, settings, stored, copy: older });
    expect(plan).toMatchObject({ direction: 'none', changes: [] });
    expect(plan.notes.join()).toMatch(/goes on with the policies of commit f+ .*older/);
  });

  it('is approved by its texts, whoever writes them and when', () => {
    const later = { ...copy, at: '2026-04-01T00:00:00Z', by: 'another', commit: 'abc' };
    const before = planApp({ app, settings, stored: undefined, copy });
    const after = planApp({ app, settings, stored: undefined, copy: later });
    expect(after.checksum).toBe(before.checksum);
    const other = planApp({ app, settings, stored: undefined, copy: writeCopy('2') });
    expect(other.checksum).not.toBe(before.checksum);
  });
});
