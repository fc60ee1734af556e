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

export interface StoredObject {
  readonly size: number;
  readonly etag: string;
  /** Hex, when the store knows it. */
  readonly sha256?: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where publish puts files. Create-only: nothing here can overwrite. */
export interface UploadStore {
  /** Creates the object, or says that the key is taken (by these or other bytes). */
  create(upload: Upload): Promise<{ created: true; etag: string } | { created: false }>;
  /** Every key below a prefix. */
  keys(prefix: string): Promise<ReadonlySet<string>>;
  describe(key: string): Promise<StoredObject | undefined>;
  read(key: string): Promise<Uint8Array | undefined>;
}
