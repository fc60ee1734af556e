import { expect, it } from 'vitest';
import { UsageError } from '../../../../controller/core/errors.ts';
import { describeFailures, explainFailures } from '../../../../controller/core/report/failure.ts';

const prod = { kind: 'environment', app: 'shop', environment: 'prod' } as const;
const group = { kind: 'group', group: 'prod' } as const;
const noBucket = () => new UsageError('There is no bucket.', 'Create it.');
const denied = new UsageError('Denied.', 'Ask.');

it('tells a cause once, with all whom it concerns', () => {
  const failures = [
    { subject: prod, error: noBucket() },
    { subject: prod, error: denied },
    { subject: group, error: noBucket() },
  ];
  expect(explainFailures(failures)).toEqual([
    'shop/prod, edge group prod  FAILED  There is no bucket.\n  next: Create it.',
    'shop/prod  FAILED  Denied.\n  next: Ask.',
  ]);
  expect(describeFailures(failures)[2]).toEqual({
    subject: group,
    message: 'There is no bucket.\n  next: Create it.',
  });
});
