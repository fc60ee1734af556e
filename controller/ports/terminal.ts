/** Where a command talks. Results go to standard output, everything else to standard error. */
export interface Terminal {
  /** Standard error is a person's terminal. */
  readonly interactive: boolean;
  /** A result; nothing for an empty one. */
  print(text: string): void;
  /** A remark or warning beside the result. */
  note(text: string): void;
  /** Replaces the last progress line on a terminal; a plain line now and then elsewhere. */
  progress(text: string): void;
  /** Adds Markdown to the GitHub Actions job summary; does nothing elsewhere. */
  summary(markdown: string): Promise<void>;
}
