/** What was made for the probe, and how each goes again. */
export interface Scratch {
  readonly name: string;
  /** Told before it is made, so that one whose answer was lost goes too. */
  keep(what: string, remove: () => Promise<unknown>): void;
  /** The last first; what can't go is told, and the rest goes all the same. */
  removeAll(): Promise<readonly string[]>;
}

export function createScratch(name: string): Scratch {
  const kept: { readonly what: string; readonly remove: () => Promise<unknown> }[] = [];
  return {
    name,
    keep: (what, remove) => void kept.push({ what, remove }),
    async removeAll() {
      const left: string[] = [];
      for (const { what, remove } of kept.splice(0).toReversed()) {
        try {
          await remove();
        } catch (error) {
          if (!isGone(error)) left.push(`${what}: ${String(error)}`);
        }
      }
      return left;
    },
  };
}

/** `NoSuchBucket`, `ParameterNotFound`, `EntityNotFound`, `NoSuchFunctionExists`. */
function isGone(error: unknown): boolean {
  return error instanceof Error && /^NoSuch|NotFound$/.test(error.name);
}
