/** Tells another program something. Never throws; follows no redirects. */
export interface Webhook {
  post(
    url: string,
    message: {
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly timeoutMilliseconds: number;
    },
  ): Promise<{ readonly status: number } | { readonly error: string }>;
}
