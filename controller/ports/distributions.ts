import type { Distribution } from '../core/plan/behaviours.ts';

export type { Behaviour, Distribution } from '../core/plan/behaviours.ts';

export interface Association {
  readonly pattern: string;
  readonly viewerRequestArn: string;
  readonly viewerResponseArn: string;
}

export interface Distributions {
  /** undefined: there is no such distribution. */
  read(id: string): Promise<Distribution | undefined>;
  /** Sets the two viewer functions of the named behaviours and nothing else. Throws ConflictError when the revision moved. */
  associate(id: string, revision: string, associations: readonly Association[]): Promise<void>;
}
