/** See `contract/visitor-line.ts`. */
export function logLine(line: string): void {
  // oxlint-disable-next-line no-console -- it writes in front what the guard expects there
  console.log(line);
}

/** To CloudWatch Logs of the region that the function runs in. */
export function logFailure(what: string, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${what}: ${why}\n`);
}
