import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest first: or one worker would be at it while the other has nothing left to do. */
const LONG = [
  'browser/actual',
  'end-to-end/faults/faults',
  'controller/apply/histories-lambda-edge',
  'end-to-end/bootstrap.test.ts',
  'end-to-end/publish-faults/',
  'end-to-end/crash.test.ts',
  'edge/core/decide-everything',
  'controller/commands/gc/histories',
  'end-to-end/github-day.test.ts',
  'controller/local/demo/builds',
  'controller/local/up.test.ts',
  'smoke/aws/',
  'browser/',
  'controller/apply/histories-',
  'visitors/statistics',
  'end-to-end/smoke-and-notify',
  'end-to-end/watch',
  'end-to-end/fast-lane',
  'edge/core/',
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
