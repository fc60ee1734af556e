/** One object to create. */
export interface Upload {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly cacheControl: string;
  /** Hex; checked end to end by the store. */
  readonly sha256: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An object that is read piece by piece, because it is too large for memory. */
export interface LargeUpload extends Omit<Upload, 'body'> {
  /** Bytes. */
  readonly size: number;
  /** Bytes per part; in the manifest, since the ETag depends on it. */
  readonly partSize: number;
  /**
   * The bytes of [start, end); asked in order, and all over again when an upload is lost. Throws when the file is
   * no longer what was hashed.
   */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Called after each part that is in place, with its bytes. */
  progress?(bytes: number): void;
}

/** An object made from another one of the same bucket, without sending its bytes; `sha256` is what they must have. */
export interface Copy extends Omit<Upload, 'body'> {
  readonly source: string;
  /** Of the source: another object there is not copied. */
  readonly etag: string;
}

export interface StoredObject {
  readonly size: number;
  readonly etag: string;
  /** Hex, when the store knows it. */
  readonly sha256?: string;
  /** Hex, of an object that was sent in parts: the SHA-256 of the SHA-256s of its parts. */
  readonly partsSha256?: string;
  readonly contentType: string;
  readonly contentEncoding?: string | undefined;
  readonly cacheControl: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where publish puts files. Create-only: nothing here can overwrite. */
export interface UploadStore {
  /** Creates the object, or says that the key is taken (by these or other bytes). */
  create(upload: Upload): Promise<{ created: true; etag: string } | { created: false }>;
  /** Likewise; `changed`: nothing was made, as the source is gone or another object, or can't be copied here. */
  copy(copy: Copy): Promise<{ created: true; etag: string } | { created: false } | 'changed'>;
  /** The same for one that is sent in parts; what was begun before with the same bytes and headers is gone on with. */
  createLarge(upload: LargeUpload): Promise<{ created: true; etag: string } | { created: false }>;
  /** Every key below a prefix. */
  keys(prefix: string): Promise<ReadonlySet<string>>;
  describe(key: string): Promise<StoredObject | undefined>;
  read(key: string): Promise<Uint8Array | undefined>;
  /** The same piece by piece, for what may be too large for memory. */
  stream(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
}
