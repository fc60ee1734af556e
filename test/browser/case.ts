import { beforeAll, describe, expect, it, type TestOptions } from 'vitest';
import type { Stage } from './stage.ts';

type Moment = (stage: Stage) => Promise<void>;

/** What visitors go through: each moment comes after the one before it. */
export interface Case {
  readonly title: string;
  /** A is stable, B is published. */
  readonly before?: Moment;
  /** B was released to everyone. */
  readonly released?: Moment;
  /** B was rolled back: A serves everyone, B is quarantined and kept. */
  readonly rolledBack?: Moment;
  /** B is not kept any more. */
  readonly forgotten?: Moment;
}

/**
 * Of a moment. Each wait in it ends by itself, after 60 s, and says what it was
 * for: this only stops what hangs.
 */
const PATIENCE = 300_000;

/** Plays all cases over one release and its rollback. At the end of each moment nothing may have gone wrong. */
export function playCases(stage: () => Stage, cases: readonly Case[], how: TestOptions = {}): void {
  const play = (moment: keyof typeof MOMENTS) => {
    const parts = cases.map((one) => ({ title: one.title, run: one[moment] }));
    if (parts.every(({ run }) => run === undefined)) return;
    const { title, begin } = MOMENTS[moment];
    describe(title, () => {
      beforeAll(() => begin(stage()), PATIENCE);
      for (const { title: name, run } of parts) {
        if (run) it(name, { timeout: PATIENCE, ...how }, () => run(stage()));
      }
      it('no file of any page failed, no page threw', () => {
        expect(stage().failures.take()).toEqual([]);
      });
    });
  };
  play('before');
  play('released');
  play('rolledBack');
  play('forgotten');
}

interface Begin {
  readonly title: string;
  readonly begin: Moment;
}

const MOMENTS: Readonly<Record<'before' | 'released' | 'rolledBack' | 'forgotten', Begin>> = {
  before: { title: 'before the release', begin: ({ site, a }) => site.release(a) },
  released: { title: 'after the release', begin: ({ site, b }) => site.release(b) },
  rolledBack: { title: 'after the rollback', begin: ({ site }) => site.rollback() },
  forgotten: { title: 'when it is not kept any more', begin: ({ site }) => site.keepNone() },
};
