import type { PolicyCopy } from '../core/policy/policy-copy.ts';

/** What the fast lane knows of the policies, in one bucket. */
export interface PolicyCopies {
  read(app: string): Promise<{ copy: PolicyCopy; revision: string } | undefined>;
  /** Compare-and-set: `revision` undefined means it must not exist yet. Throws ConflictError. */
  write(copy: PolicyCopy, revision: string | undefined): Promise<void>;
}
