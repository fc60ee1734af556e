export interface ScannedFile {
  /** Relative to the scanned directory, `/` between segments. */
  readonly path: string;
}

/** What a file's bytes are known by. */
export interface FileDigest {
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  /** As S3 makes it where KMS doesn't encrypt: the MD5, or one of MD5s where the file is sent in parts. */
  readonly etag: string;
  /** Bytes per part; absent: it is sent in one request. */
  readonly partSize?: number;
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
  /** The bytes of [start, end), or fewer where the file ends before. */
  readRange(path: string, start: number, end: number): Promise<Uint8Array>;
  /** Read piece by piece: a file of any size takes little memory. `etags`: those that are known, by SHA-256. */
  digest(path: string, etags?: ReadonlyMap<string, string>): Promise<FileDigest>;
  writeText(path: string, text: string): Promise<void>;
  /** Names in a directory, sorted; undefined when there is no such directory. */
  list(directory: string): Promise<readonly string[] | undefined>;
  /** Every file below a directory, sorted by path, symbolic links inside it followed; undefined when it doesn't exist. */
  scan(
    directory: string,
  ): Promise<{ files: readonly ScannedFile[]; problems: readonly ScanProblem[] } | undefined>;
}
