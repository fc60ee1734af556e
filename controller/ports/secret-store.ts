/** Secrets of one region, which other people put there. Never printed, never stored. */
export interface SecretStore {
  /** undefined: there is none of that name. */
  read(name: string): Promise<string | undefined>;
}
