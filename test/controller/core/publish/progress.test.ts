import { describe, expect, it } from 'vitest';
import { renderProgress } from '../../../../controller/core/publish/progress.ts';

const of = { files: 10_000, bytes: 100_000_000 };

describe('progress of an upload', () => {
  it('says files, bytes, rate and what is left', () => {
    const text = renderProgress({ files: 2500, bytes: 25_000_000, of, seconds: 5 });
    expect(text).toBe('Uploading 2,500 of 10,000 files, 25.0 MB of 100.0 MB, 5.0 MB/s, 15 s left');
  });

  it('counts files, too: the largest come first, and the many small ones take their time', () => {
    const text = renderProgress({ files: 100, bytes: 80_000_000, of, seconds: 4 });
    expect(text).toMatch(/20.0 MB\/s, 3\d s left$/);
  });

  it.each([
    [{ files: 0, bytes: 0, of, seconds: 0 }, 'Uploading 0 of 10,000 files, 0 B of 100.0 MB'],
    [{ ...of, of, seconds: 1 }, '100.0 MB of 100.0 MB, 100.0 MB/s, 0 s left'],
    [
      { files: 1, bytes: 1_000_000, of: { files: 100, bytes: 100_000_000 }, seconds: 1 },
      '1 min 39 s',
    ],
  ])('at %j: %s', (progress, says) => {
    expect(renderProgress(progress)).toContain(says);
  });
});
