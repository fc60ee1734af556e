import { describe, expect, it } from 'vitest';
import { decideCode, type CodeFacts } from '../../../../controller/core/plan/code.ts';
import {
  findFailure,
  nameCode,
  recordFailure,
  recordRelease,
  type CodeRecord,
} from '../../../../controller/core/state/code-record.ts';
import { GROUP } from '../../../fakes/world.ts';

const OLD = nameCode({ request: 'req-1', response: 'res-1' }, []);
const NEW = nameCode({ request: 'req-2', response: 'res-1' }, ['gate']);
const NEWER = nameCode({ request: 'req-3', response: 'res-1' }, ['gate']);
const AT = '2026-10-01T10:00:00.000Z';
const later = (seconds: number) => new Date(Date.parse(AT) + seconds * 1000);

const empty: CodeRecord = { version: 1, group: 'prod', releases: [] };
const quietOld = recordRelease(empty, { ...OLD, at: '2026-09-01T10:00:00.000Z', quiet: true });
const watchedNew = recordRelease(quietOld, { ...NEW, at: AT, quiet: false });
const FAILED = { at: AT, reason: 'the functions failed 11 times' };
const rolledBack = recordRelease(recordFailure(watchedNew, NEW.hash, FAILED), {
  ...OLD,
  at: AT,
  quiet: true,
});
/** As earlier versions wrote it. */
const barredNew: CodeRecord = {
  ...recordRelease(watchedNew, { ...OLD, at: AT, quiet: true }),
  barred: { hash: NEW.hash, ...FAILED },
};

function decide(changes: Partial<CodeFacts>) {
  const facts = {
    group: GROUP,
    source: NEW,
    live: OLD,
    record: quietOld,
    errors: undefined,
    relies: [],
    waits: undefined,
    now: later(60),
    ...changes,
  };
  const { code, direction, record, why, refusals, until } = decideCode(facts);
  const [running] = record.releases;
  const failed = findFailure(record, NEW.hash);
  return { code: code?.hash, direction, record, running, failed, why, refusals, until };
}

describe('decideCode', () => {
  it('publishes first code at once, with nothing to watch', () => {
    const first = decide({ record: undefined, live: undefined, waits: 'until tomorrow' });
    expect(first).toMatchObject({ code: NEW.hash, running: { hash: NEW.hash, quiet: true } });
  });

  it('takes what is live without a record as good, and goes back to it when new code fails', () => {
    const adopted = decide({ record: undefined, now: later(0) });
    expect(adopted.record.releases).toMatchObject([
      { hash: NEW.hash, quiet: false },
      { hash: OLD.hash, quiet: true },
    ]);
    const failed = decide({ record: adopted.record, live: NEW, errors: { count: 11 } });
    expect(failed).toMatchObject({ code: OLD.hash, direction: 'rollback' });
  });

  // 10 minutes, and 3 until all figures are in.
  const END = later(780).toISOString();
  it.each([
    ['no figures yet', undefined, 60, { quiet: false, until: undefined }],
    ['few errors, early', { count: 10 }, 60, { quiet: false, until: END }],
    ['few errors, figures missing yet', { count: 0 }, 779, { quiet: false, until: END }],
    ['few errors, at the end', { count: 10 }, 780, { quiet: true, until: undefined }],
    ['no figures at the end', { unreadable: 'denied' }, 6000, { quiet: false, until: undefined }],
  ] as const)('watches new code: %s', (_name, errors, seconds, expected) => {
    const now = later(seconds);
    const watched = decide({ record: watchedNew, live: NEW, errors, now });
    expect(watched).toMatchObject({ code: NEW.hash, running: { quiet: expected.quiet } });
    expect(watched.until).toBe(expected.until);
  });

  it('looks at a whole minute at least, however short the watch', () => {
    const group = { ...GROUP, watchSeconds: 30 };
    const record = recordRelease(quietOld, {
      ...NEW,
      at: '2026-10-01T12:00:10.000Z',
      quiet: false,
    });
    const at = (time: string) =>
      decide({ group, record, live: NEW, errors: { count: 0 }, now: new Date(time) });
    expect(at('2026-10-01T12:04:59Z')).toMatchObject({
      running: { quiet: false },
      until: '2026-10-01T12:05:00.000Z',
    });
    expect(at('2026-10-01T12:05:00Z').running).toMatchObject({ quiet: true });
  });

  it('names the ways on when figures can not be read, and `watch: 0s` is one', () => {
    const errors = { unreadable: 'denied' };
    const unread = { record: watchedNew, live: NEW, errors, now: later(6000) };
    expect(decide(unread).why).toMatch(/denied.*`watch: 0s`.*`code:`/);
    const group = { ...GROUP, watchSeconds: 0 };
    expect(decide({ ...unread, group }).running).toMatchObject({ hash: NEW.hash, quiet: true });
  });

  it('rolls back what fails, before it follows a source that has moved on', () => {
    const errors = { count: 11 };
    const failed = decide({ source: NEWER, record: watchedNew, live: NEW, errors });
    expect(failed).toMatchObject({
      code: OLD.hash,
      direction: 'rollback',
      failed: { reason: expect.stringContaining('11') },
    });
    expect(failed.why).toContain(NEW.hash);
  });

  it('finishes a rollback whose record was not written, also with the earlier code live again', () => {
    const crashed = decide({ record: watchedNew, live: OLD, errors: { count: 11 } });
    expect(crashed).toMatchObject({ code: OLD.hash, failed: { reason: expect.any(String) } });
  });

  describe('where live routes rely on a gate that earlier code has not', () => {
    const failing = {
      record: watchedNew,
      live: NEW,
      errors: { count: 11 },
      relies: ['gate'],
    } as const;

    it('stays with code that fails, and says what a person can do', () => {
      const stays = decide(failing);
      expect(stays).toMatchObject({ code: NEW.hash, direction: 'forward', failed: undefined });
      expect(stays.refusals).toMatchObject([{ exitCode: 3, place: { line: 4 } }]);
      expect(stays.refusals[0]?.message).toContain(`${OLD.hash} has no gate`);
      expect(stays.refusals[0]?.next).toContain(`code: "${OLD.hash}"`);
    });

    it('goes back to the newest quiet code that has it', () => {
      const older = recordRelease(empty, { ...NEWER, at: '2026-08-01T10:00:00.000Z', quiet: true });
      const between = recordRelease(older, { ...OLD, at: '2026-09-01T10:00:00.000Z', quiet: true });
      const record = recordRelease(between, { ...NEW, at: AT, quiet: false });
      expect(decide({ ...failing, record })).toMatchObject({
        code: NEWER.hash,
        direction: 'rollback',
        refusals: [],
      });
    });

    it('follows a source that was mended, and puts back what fails over code without a gate', () => {
      const mended = decide({ ...failing, source: NEWER });
      expect(mended).toMatchObject({ code: NEWER.hash, direction: 'forward', refusals: [] });
      const half = decide({ ...failing, live: OLD });
      expect(half).toMatchObject({ code: NEW.hash, direction: 'repair', refusals: [] });
    });
  });

  it.each([
    ['as it is', rolledBack],
    ['as earlier versions wrote it', barredNew],
  ])(
    'keeps rolled-back code out, also after other code, and says how long: record %s',
    (_, record) => {
      const held = decide({ record });
      expect(held).toMatchObject({ code: OLD.hash, failed: FAILED });
      expect(held.why).toContain('until the source changes');
      const moved = decide({ record, source: NEWER });
      expect(moved).toMatchObject({ code: NEWER.hash, failed: FAILED });
      const back = decide({ record: moved.record, live: NEWER, errors: { count: 0 } });
      expect(back).toMatchObject({ code: NEWER.hash, failed: FAILED });
    },
  );

  it('makes new code wait, but not code that runs already', () => {
    const waiting = decide({ waits: 'until group staging has its new code live and quiet' });
    expect(waiting).toMatchObject({ code: OLD.hash, direction: 'forward' });
    expect(waiting.why).toContain('staging');
    expect(decide({ source: OLD, live: NEWER, waits: 'for staging' })).toMatchObject({
      code: OLD.hash,
      direction: 'repair',
    });
  });

  it('pins earlier code, watched again only if it never was quiet, and never rolls a pin back', () => {
    const pin = (hash: string) => ({ ...GROUP, code: hash });
    const back = decide({ group: pin(OLD.hash), record: watchedNew, live: NEW });
    expect(back).toMatchObject({ code: OLD.hash, running: { quiet: true } });
    const failed = decide({ group: pin(NEW.hash), record: rolledBack });
    expect(failed).toMatchObject({ code: NEW.hash, running: { quiet: false }, failed: undefined });
    const errors = { count: 99 };
    const failing = decide({ group: pin(NEW.hash), record: watchedNew, live: NEW, errors });
    expect(failing).toMatchObject({ code: NEW.hash, direction: 'forward' });
    expect(failing.why).toContain('fails');
  });

  it('refuses a pin of what is not archived, naming what is, and its place', () => {
    const unknown = decide({ group: { ...GROUP, code: '0123456789abcdef' }, record: watchedNew });
    const [refusal] = unknown.refusals;
    expect(refusal).toMatchObject({ exitCode: 2, place: { file: 'policies/edge.yaml', line: 4 } });
    expect(refusal?.message).toContain(`${NEW.hash} (${AT}), ${OLD.hash}`);
  });

  it("refuses a `before` that can't be composed in, and still rolls back", () => {
    const source = { problem: 'policies/viewer.js:1:1: Unexpected "="' };
    expect(decide({ source }).refusals).toMatchObject([
      { exitCode: 2, message: source.problem, place: { line: 5 } },
    ]);
    const failing = decide({ source, record: watchedNew, live: NEW, errors: { count: 11 } });
    expect(failing).toMatchObject({ code: OLD.hash, direction: 'rollback', refusals: [] });
  });

  it('remembers a limited number of releases, the newest quiet one always', () => {
    let record = quietOld;
    for (let index = 0; index < 30; index++) {
      const code = nameCode({ request: `r${index}`, response: 'res-1' }, []);
      record = recordRelease(record, { ...code, at: AT, quiet: false });
    }
    expect(record.releases).toHaveLength(21);
    expect(record.releases.at(-1)).toMatchObject({ hash: OLD.hash });
  });
});
