import { limitTo } from '../../core/at-once.ts';
import type { Unread } from '../../core/doctor/facts.ts';
import type { Read } from '../../core/doctor/finding.ts';
import { HeadgateError } from '../../core/errors.ts';

/** Reads so much at once: every service answers dozens of such calls a second. */
const AT_ONCE = 8;

/** Reads what there is; what can't be read is noted, and the others go on. */
export interface Notebook {
  readonly unread: readonly Unread[];
  /** Of what was tried elsewhere. */
  note(subject: string, error: unknown): void;
  read<T>(subject: string, make: () => Promise<T>): Promise<Read<T>>;
}

export function openNotebook(): Notebook {
  const unread: Unread[] = [];
  const limited = limitTo(AT_ONCE);
  const note = (subject: string, error: unknown) => {
    unread.push({ subject, ...explain(error) });
  };
  return {
    unread,
    note,
    async read(subject, make) {
      try {
        return [await limited(make)];
      } catch (error) {
        note(subject, error);
        return [];
      }
    },
  };
}

/** Anything that isn't ours by class is our bug, and is not to be taken for a finding. */
export function explain(error: unknown): { readonly message: string; readonly next: string } {
  if (!(error instanceof HeadgateError)) throw error;
  return { message: error.message, next: error.next };
}
