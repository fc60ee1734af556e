/** One thing wrong in a policy file. All issues of all files are reported at once. */
export interface Issue {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** What is wrong: the value found and the limit or type it breaks. */
  readonly message: string;
  /** A valid example of what could stand there. */
  readonly example: string;
  /** The app environment it belongs to (`shop/prod`), when the rest of the file can still be used. */
  readonly environment?: string;
  /** The same, where it belongs to several, which move together. */
  readonly environments?: readonly string[];
  /** The edge group it belongs to, when the other groups can still be used. */
  readonly group?: string;
}
