import { expect, test } from 'vitest';
import { explainProbe, listParts } from '../../../../../controller/core/doctor/probe/explain.ts';
import { PARTS } from '../../../../../controller/core/doctor/probe/parts.ts';
import { listRows, renderProbe } from '../../../../../controller/core/doctor/probe/report.ts';

const REPORT = {
  account: '111122223333',
  at: '2026-11-22T20:00:00.000Z',
  parts: ['basics', 'roles'],
  measured: [
    { id: 'parameter-bytes', outcome: 'does not hold', evidence: '4096 letters: accepted | all' },
    { id: 'clock-skew', outcome: 'holds', evidence: 'refused' },
  ],
  ended: [{ part: 'roles', why: 'AccessDenied: no' }],
  propagation: [30, 10, 20],
  leftOvers: ['role headgate-probe-old-role'],
} as const;

test('each statement is told with one of five outcomes, what does not hold first', () => {
  const rows = listRows(REPORT);
  const of = (id: string) => rows.find((row) => row.id === id);
  expect(rows[0]).toMatchObject({ id: 'parameter-bytes', outcome: 'does not hold' });
  expect(of('clock-skew')).toMatchObject({ outcome: 'holds', evidence: 'refused' });
  expect(of('store-permission')).toMatchObject({
    outcome: 'could not be measured',
    evidence: 'the probe ended before: AccessDenied: no',
  });
  expect(of('alarm-moment')).toMatchObject({
    outcome: 'not asked for',
    evidence: '--probe-also alarms does',
  });
  expect(of('slack')).toMatchObject({ outcome: 'not measurable', how: '' });
});

test('the page has the numbers, and what is left', () => {
  const page = renderProbe(REPORT);
  expect(page).toContain('1 does not hold, ');
  expect(page).toContain('p50 20 ms, p95 30 ms of 3 writes');
  expect(page).toContain('- role headgate-probe-old-role');
  expect(page).toContain('accepted \\| all');
});

test('before it begins, every part is told with its minutes, dollars and rights', () => {
  const basics = PARTS.filter(({ name }) => name === 'basics');
  const text = explainProbe(basics, 20);
  const [chosen = '', others = ''] = text.split('Not asked for');
  expect(chosen).toMatch(/basics: \d+ statements, 1 min, \$0\.01\. Makes .* Needs s3:CreateBucket/);
  for (const { name } of PARTS) {
    if (name !== 'basics') expect(others).toMatch(new RegExp(`${name}: [1-9]\\d* statements`));
    expect(listParts()).toContain(`\n  ${name} `.slice(name === 'basics' ? 1 : 0));
  }
  expect(
    Math.max(
      ...listParts()
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(80);
});
