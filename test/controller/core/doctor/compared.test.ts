import { describe, expect, it } from 'vitest';
import { COMPARED, whyNotCompared } from '../../../../controller/core/doctor/compared.ts';
import { listLeaves } from '../../../../controller/core/infrastructure/leaves.ts';
import {
  listRequirements,
  renderRequirements,
} from '../../../../controller/core/infrastructure/requirements.ts';
import {
  readDemo,
  readLambda,
  readOrigins,
  readPreviews,
  readTwoRegions,
} from '../infrastructure/fixtures.ts';

/** Everything that bootstrap can print. */
const LINES = [
  readDemo(),
  readDemo(''),
  readLambda(),
  readOrigins(),
  readPreviews(),
  readTwoRegions(),
]
  .flatMap((facts) => listRequirements({ ...facts, live: {} }))
  .flatMap(({ type, settings }) => listLeaves(settings).map((path) => ({ type, path })));

/** Rows that a line of its own type lies below. */
function isUsed(type: string, prefix: string): boolean {
  const below = [prefix, `${prefix}.`, `${prefix}[]`];
  return LINES.some(
    (line) =>
      line.type === type &&
      (prefix === '' ||
        line.path === prefix ||
        below.slice(1).some((one) => line.path.startsWith(one))),
  );
}

describe('what bootstrap --outputs-only prints', () => {
  it('is compared by the doctor line by line, or it says why not', () => {
    const unknown = LINES.filter(({ type, path }) =>
      (whyNotCompared(type, path) ?? '').startsWith('nobody'),
    );
    expect(unknown).toEqual([]);
  });

  it('says nothing of lines that it never prints', () => {
    const rows = Object.entries(COMPARED).flatMap(([type, paths]) =>
      Object.keys(paths).map((path) => ({ type, path })),
    );
    expect(rows.filter(({ type, path }) => !isUsed(type, path))).toEqual([]);
  });

  it('names what the doctor skips', () => {
    const [bucket] = listRequirements(readDemo()).filter(({ type }) => type === 'AWS::S3::Bucket');
    expect(bucket?.unchecked).toEqual([]);
    const [lane] = listRequirements(readDemo()).filter(({ type }) => /Lambda::Function/.test(type));
    expect(lane?.unchecked).toEqual(['Description', 'Role']);
    expect(renderRequirements(readDemo())).toContain(
      '\n# doctor skips Comment: a text for people\n',
    );
  });

  it('would not pass over a new line', () => {
    expect(whyNotCompared('AWS::CloudFront::Distribution', 'DistributionConfig.WebACLId')).toMatch(
      /^nobody/,
    );
  });
});
