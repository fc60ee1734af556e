/** What a person asks of the fast lane, as the function is invoked with it. */

export interface RollbackRequest {
  readonly bucket: string;
  readonly region: string;
  readonly app: string;
  readonly environment: string;
  /** A build that was stable there once; undefined: stable. */
  readonly to: string | undefined;
  readonly reason: string;
  /** Who asks. The function can't check it: AWS tells it nothing of who invokes it. */
  readonly by: string;
}

/** As much as a quarantine's reason in a policy. */
export const TEXT_LIMIT = 200;

export function renderRequest({ to, reason, by, ...headgate }: RollbackRequest): string {
  return JSON.stringify({ headgate, rollback: { ...(to !== undefined && { to }), reason, by } });
}

/** One line, and not endless: it goes into the history and the log. */
export function isLine(text: unknown): text is string {
  return (
    typeof text === 'string' && text !== '' && text.length <= TEXT_LIMIT && !/\p{Cc}/u.test(text)
  );
}
