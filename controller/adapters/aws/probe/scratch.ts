import { setTimeout as sleep } from 'node:timers/promises';

/** What was made for the probe, and how each goes again. */
export interface Scratch {
  readonly name: string;
  /**
   * Told before it is made, so that one whose answer was lost goes too. Throws when the probe was interrupted: then
   * nothing more is made.
   */
  keep(what: string, remove: () => Promise<unknown>): void;
  /** What AWS may hold for hours, so that only a later run can take it away. */
  keepForLater(what: string, remove: () => Promise<unknown>): void;
  /** The last first; what can't go is told, and the rest goes all the same. */
  removeAll(): Promise<Remains>;
}

export interface Remains {
  /** Each with why. */
  readonly left: readonly string[];
  /** What was to be expected. */
  readonly later: readonly string[];
}

interface Kept {
  readonly what: string;
  readonly remove: () => Promise<unknown>;
  readonly isForLater: boolean;
}

/** `minute`: how long what AWS holds is tried again. */
export function createScratch(name: string, signal: AbortSignal, minute: number): Scratch {
  const kept: Kept[] = [];
  const note = (one: Kept) => {
    kept.push(one);
    signal.throwIfAborted();
  };
  return {
    name,
    keep: (what, remove) => note({ what, remove, isForLater: false }),
    keepForLater: (what, remove) => note({ what, remove, isForLater: true }),
    async removeAll() {
      const left: string[] = [];
      const later: string[] = [];
      // After Ctrl-C the answer to what was asked last may still come, and be kept meanwhile.
      for (let one = kept.pop(); one !== undefined; one = kept.pop()) {
        const { what, remove, isForLater } = one;
        try {
          await removeInTheEnd(remove, minute);
        } catch (error) {
          const list = isForLater ? later : left;
          if (!isGone(error)) list.push(`${what}: ${String(error)}`);
        }
      }
      return { left, later };
    },
  };
}

const TRIES = 12;

/** What used it went a moment ago, which AWS doesn't know everywhere at once: `FunctionInUse`, `DeleteConflict`. */
async function removeInTheEnd(remove: Kept['remove'], minute: number): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await remove();
      return;
    } catch (error) {
      const isHeld = error instanceof Error && /InUse|Conflict|Aborted/.test(error.name);
      if (!isHeld || tries === TRIES) throw error;
    }
    await sleep(minute / TRIES);
  }
}

/** `NoSuchBucket`, `ParameterNotFound`, `EntityNotFound`, `NoSuchFunctionExists`, `ResourceNotFoundException`. */
function isGone(error: unknown): boolean {
  return error instanceof Error && /^NoSuch|NotFound(Exception)?$/.test(error.name);
}
