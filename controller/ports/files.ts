export interface ScannedFile {
  /** Relative to the scanned directory, `/` between segments. */
  readonly path: string;
  readonly size: number;
}

/** What the scan met that isn't a plain file inside the directory. */
export interface ScanProblem {
  readonly path: string;
  readonly kind: 'symlink-outside' | 'symlink-loop' | 'not-a-file' | 'unreadable';
}

export interface Files {
  /** UTF-8 text; undefined when there is no such file. */
  readText(path: string): Promise<string | undefined>;
  readBytes(path: string): Promise<Uint8Array>;
  writeText(path: string, text: string): Promise<void>;
  /** Names in a directory, sorted; undefined when there is no such directory. */
  list(directory: string): Promise<readonly string[] | undefined>;
  /** Every file below a directory, sorted by path, symbolic links inside it followed; undefined when it doesn't exist. */
  scan(
    directory: string,
  ): Promise<{ files: readonly ScannedFile[]; problems: readonly ScanProblem[] } | undefined>;
}
