/** To CloudWatch Logs of the region that the function runs in. */
export function logFailure(what: string, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${what}: ${why}\n`);
}
