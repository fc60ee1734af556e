/** What the keys of an environment's tokens are derived from. Never printed, never at the edge. */
export interface MasterKey {
  /** Names it in tokens; in order of time. */
  readonly kid: string;
  /** 32 random bytes, base64url. */
  readonly secret: string;
}

/** Master keys of one region. */
export interface KeyStore {
  /** Their kids, newest first; asks for no secret. */
  list(app: string, environment: string): Promise<readonly string[]>;
  /** Newest first. */
  read(app: string, environment: string): Promise<readonly MasterKey[]>;
  /** Makes a new one and stores it. Throws ConflictError when the kid is taken. */
  create(app: string, environment: string, kid: string): Promise<MasterKey>;
  /** Those that are gone already are no error. */
  remove(app: string, environment: string, kids: readonly string[]): Promise<void>;
}
