import { expect, it } from 'vitest';
import { found } from '../../../../controller/core/doctor/finding.ts';
import { renderFindings } from '../../../../controller/core/doctor/render.ts';

it('groups findings by theme, each with what mends it, and counts them', () => {
  const text = renderFindings([
    found('bucket-public', { subject: 'bucket b', what: 'it is open', fix: 'close it' }),
    found('alarm-firing', {
      subject: 'shop/prod',
      what: 'it fires',
      evidence: '5 > 3',
      fix: 'mend',
    }),
  ]);
  expect(text).toBe(`Buckets
  unsafe   bucket b: it is open  [bucket-public]
           fix: close it

Alarms and the fast lane
  warning  shop/prod: it fires  [alarm-firing]
           seen: 5 > 3
           fix: mend

1 unsafe, 1 to look at, 0 to know: releases are unsafe until what is unsafe is mended`);
  expect(renderFindings([])).toBe('healthy: nothing found');
});

it('calls nothing safe that it could not read, and says what bootstrap does not mend', () => {
  const fix = 'headgate bootstrap --deploy makes it.';
  const text = renderFindings([found('unreadable', { subject: 'bucket b', what: 'hidden', fix })]);
  expect(text).toContain('CloudFormation does not notice what was changed or deleted');
  expect(text).toMatch(/to know: nothing unsafe was found, but not everything could be judged$/);
  const read = renderFindings([found('lift-stale', { subject: 's', what: 'w', fix: 'remove it' })]);
  expect(read).toMatch(/1 to know: releases are safe$/);
  expect(read).not.toContain('CloudFormation');
});
