import { describe, expect, test } from 'vitest';
import { nameDistribution } from '../../../../controller/core/deployment/name-distribution.ts';

const around = (edge: string) =>
  `app: shop # ours\nenvironments:\n  prod:\n${edge}\n    hosts: [a]\n`;

describe('the id of a distribution in a policy', () => {
  test.each([
    ['    edge: { group: prod } # one', '    edge: { group: prod, distribution: E2ABC } # one'],
    [
      '    edge: { group: prod, distribution: E1OLD } # one',
      '    edge: { group: prod, distribution: E2ABC } # one',
    ],
    [
      "    edge: {distribution: 'E1OLD',  group: prod}",
      "    edge: {distribution: 'E2ABC',  group: prod}",
    ],
    [
      '    edge:\n      group: prod # which\n      # no id yet',
      '    edge:\n      group: prod # which\n      distribution: E2ABC\n      # no id yet',
    ],
    [
      '    edge:\n      distribution:\n      group: prod',
      '    edge:\n      distribution: E2ABC\n      group: prod',
    ],
    [
      '    edge:\r\n      group: prod\r',
      '    edge:\r\n      group: prod\r\n      distribution: E2ABC\r',
    ],
  ])('%j', (before, after) => {
    const named = nameDistribution(around(before), 'prod', 'E2ABC');
    expect(named).toEqual({ kind: 'written', text: around(after) });
    const text = named.kind === 'written' ? named.text : '';
    expect(nameDistribution(text, 'prod', 'E2ABC')).toEqual({ kind: 'same' });
  });

  test.each([
    ['    edge: prod', 'no map'],
    ['    edge: { group: prod, distribution: [E1OLD] }', 'no text'],
    ['    edge:\n      group: >-\n        prod', 'unusual'],
    ['    <<: { edge: { group: prod } }', 'elsewhere'],
  ])('%j is left to a person', (edge, why) => {
    expect(nameDistribution(around(edge), 'prod', 'E2ABC')).toEqual({
      kind: 'unclear',
      why: expect.stringContaining(why),
    });
  });
});
