/**
 * Small texts that publishes leave for each other and for collections, beside builds: leases, and which
 * build was the last. Unlike a build they may change.
 */
export interface PublishNotes {
  /** undefined: there is none. */
  read(key: string): Promise<string | undefined>;
  /** When it was written, by the clock of S3; undefined: there is none. */
  modified(key: string): Promise<Date | undefined>;
  /** JSON; over what is there. */
  write(key: string, text: string): Promise<void>;
  /** One that is gone already is no error. */
  remove(key: string): Promise<void>;
  /** Names of the folders right below a prefix. */
  folders(prefix: string): Promise<readonly string[]>;
}
