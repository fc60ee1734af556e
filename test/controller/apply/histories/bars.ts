import type {
  EnvironmentPolicy,
  QuarantineLift,
} from '../../../../controller/core/policy/policy.ts';
import type { EnvironmentRecord } from '../../../../controller/core/state/record.ts';
import type { Route } from '../../../../edge/contract/route.ts';

interface Bar {
  readonly build: string;
  /** Generations that a lift may name. */
  readonly rollbacks: readonly number[];
  /** Reasons of lifts that were written before anybody could mean this rollback; undefined: it isn't in the record yet. */
  readonly early: readonly string[] | undefined;
}

/** Who was rolled back, and when somebody said that it may come back. Independent of what records say. */
export class Bars {
  #bars: readonly Bar[] = [];
  /** Every lift that was ever in git. */
  readonly #lifts: QuarantineLift[] = [];

  /** A route was written. */
  look({ rollback, gen }: Route): void {
    if (rollback === undefined || rollback.gen !== gen) return;
    if (this.#bars.some(({ rollbacks }) => rollbacks.includes(gen))) return;
    const [build] = rollback.build;
    // Where two runs took one generation, the rollback goes out again under the next.
    const again = this.#bars.find((bar) => bar.build === build && bar.early === undefined);
    const others = this.#bars.filter((bar) => bar !== again);
    const rollbacks = [...(again?.rollbacks ?? []), gen];
    this.#bars = [...others, { build, rollbacks, early: undefined }];
  }

  /** The record was written by somebody with this policy: lifts that it has already can't be meant. */
  noted(
    { quarantine }: Pick<EnvironmentRecord, 'quarantine'>,
    policy: Pick<EnvironmentPolicy, 'quarantine'>,
  ): void {
    this.#bars = this.#bars.map((bar) => {
      const isNoted = quarantine.some(({ rollback }) => bar.rollbacks.includes(rollback));
      if (bar.early !== undefined || !isNoted) return bar;
      const lifts = policy.quarantine.filter((lift) => isMeant(lift, bar));
      return { ...bar, early: lifts.map(({ reason }) => reason) };
    });
  }

  /** With the record lost, all bars are of the generation that is live, and nobody knows which lift was early. */
  recall({ gen }: Route): void {
    this.#bars = this.#bars.map((bar) => ({
      ...bar,
      rollbacks: [...bar.rollbacks, gen],
      early: [],
    }));
  }

  /** Where SSM is the release: a rollback that lost to the end of its rollout is in no record, and said so. */
  forgetLosers(): void {
    this.#bars = this.#bars.filter(({ early }) => early !== undefined);
  }

  edited(policy: EnvironmentPolicy): void {
    this.#lifts.push(...policy.quarantine);
  }

  list(): readonly Bar[] {
    return this.#bars;
  }

  /** The rollback that bars this build. */
  find(build: string): number | undefined {
    const bars = this.#bars.filter((bar) => bar.build === build && !this.#isLifted(bar));
    return bars.at(-1)?.rollbacks[0];
  }

  #isLifted(bar: Bar): boolean {
    const { early } = bar;
    if (early === undefined) return false;
    return this.#lifts.some((lift) => isMeant(lift, bar) && !early.includes(lift.reason));
  }
}

function isMeant(lift: QuarantineLift, { build, rollbacks }: Bar): boolean {
  return lift.lift === build && rollbacks.includes(lift.rollback);
}
