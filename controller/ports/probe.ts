/** What came back, or why nothing did. */
export type Probed =
  | {
      readonly status: number;
      /** Names in lower case; values of repeated ones joined by commas. */
      readonly headers: Readonly<Record<string, string>>;
      /** At most the first mebibyte. */
      readonly body: string;
    }
  | { readonly error: string };

/** Asks a site as a browser would that opens a page there. Never throws; follows no redirects. */
export interface Probe {
  get(
    url: string,
    options: { readonly cookie?: string; readonly timeoutMilliseconds: number },
  ): Promise<Probed>;
}
