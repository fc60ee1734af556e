import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  LINE_TAG,
  LINE_VERSION,
  parseVisitorLine,
  SLOTS,
} from '../../../edge/contract/visitor-line.ts';
import { timeQuickest } from '../../quickest.ts';

const LINE = `${LINE_TAG} ${LINE_VERSION} shop prod canary e 1043 57 500 524288`;
const REQUEST_ID = '4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==';
const PARSED = {
  app: 'shop',
  environment: 'prod',
  arm: 'canary',
  kind: 'e',
  build: '1043',
  salt: 57,
  weightBasisPoints: 500,
  slot: 524_288,
};

it.each([
  ['bare', LINE],
  ['from CloudFront Functions', `${REQUEST_ID} ${LINE}`],
  ['from Lambda', `2026-03-01T12:00:00.000Z\t79104EXAMPLEB723-8c1a-4d3b\tINFO\t${LINE}\n`],
])('reads a line %s', (_from, text) => {
  expect(parseVisitorLine(text)).toEqual(PARSED);
});

it.each(['stable', 'split'])('reads one of %s, with no canary beside it', (arm) => {
  const text = `headgate 1 shop prod ${arm} r v1.2_3-rc 0 0 0`;
  const none = { salt: 0, weightBasisPoints: 0, slot: 0 };
  expect(parseVisitorLine(text)).toEqual({
    ...PARSED,
    arm,
    kind: 'r',
    build: 'v1.2_3-rc',
    ...none,
  });
});

it.each([
  '',
  'headgate',
  `${REQUEST_ID} START DistributionID: E3E5D42GADAXZZ`,
  // Of a later Headgate, or of no Headgate.
  LINE.replace(' 1 ', ' 2 '),
  LINE.replace('headgate', 'Headgate'),
  LINE.replace('canary', 'cohort'),
  LINE.replace(' e ', ' x '),
  LINE.replace(' e ', ' ee '),
  LINE.replace(' e ', ' __proto__ '),
  LINE.replace('shop', '../shop'),
  LINE.replace('shop', '-shop'),
  LINE.replace('1043', 'a'.repeat(65)),
  LINE.replace('1043', '1043\n1044'),
  LINE.replace('57', '057'),
  LINE.replace('57', '-57'),
  LINE.replace('57', '5.7'),
  LINE.replace('57', '1e3'),
  LINE.replace('57', '9'.repeat(16)),
  LINE.replace(' 500 ', ' 10001 '),
  LINE.replace(' 500 ', ' 0 '),
  LINE.replace('524288', String(SLOTS)),
  LINE.replace('524288', ''),
  `${LINE} more`,
  `${LINE} `,
  `${LINE}\n\n`,
  `${LINE}\n${LINE}`,
  ` ${LINE}`,
  `two words ${LINE}`,
  `said: ${LINE}`,
  `2026-03-01T12:00:00.000Z\t79104\tERROR\t${LINE}`,
  LINE.replaceAll(' ', '\t'),
  LINE.replace(' shop', '  shop'),
])('takes %j for none', (text) => {
  expect(parseVisitorLine(text)).toBeUndefined();
});

it('never throws, and takes no time, whatever the text', () => {
  const words = fc.constantFrom(
    'headgate',
    '1',
    'shop',
    'canary',
    'e',
    '57',
    ' ',
    '\t',
    '\n',
    'INFO',
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 30 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(texts, fc.nat(20_000), (text, count) => {
      const line = text + '='.repeat(count) + ' '.repeat(count);
      expect(timeQuickest(200, () => void parseVisitorLine(line))).toBeLessThan(200);
    }),
  );
});
