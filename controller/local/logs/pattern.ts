/** What a message that matched holds: `$name` or `$3` to the field's text; nothing of terms. */
export type Fields = Readonly<Record<string, string>>;

export interface FilterPattern {
  /** Names of its fields, as in `$name`; undefined: it is a pattern of terms. */
  readonly names: ReadonlySet<string> | undefined;
  /** Undefined: the message doesn't match. */
  match(message: string): Fields | undefined;
}

/** Why a text is no filter pattern. */
export class BadPattern extends Error {
  constructor(why: string) {
    super(`Invalid filter pattern: ${why}`);
    this.name = 'BadPattern';
  }
}
