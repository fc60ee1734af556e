import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest first, the demo's story before all: or one worker would play it while the other has nothing left to do. */
const LONG = [
  'controller/local/up.test.ts',
  'end-to-end/faults/',
  'controller/apply/histories-',
  'end-to-end/crash.test.ts',
  'controller/commands/gc/histories',
  'browser/actual',
  'browser/',
  'visitors/statistics',
  'end-to-end/publish-faults',
  'end-to-end/fast-lane',
  'end-to-end/smoke-and-notify',
  'end-to-end/github-day.test.ts',
  'end-to-end/',
];

/** Vitest goes by the durations of the last run, and where there was none by the files' sizes. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line no-array-sort -- it isn't an array's, and returns what it sorted
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = LONG.findIndex((part) => moduleId.includes(`/test/${part}`));
  return at === -1 ? LONG.length : at;
}
