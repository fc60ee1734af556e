/** S3 takes 3,500 writes a second per prefix; more than this gains nothing below 20 ms a request. */
const IN_FLIGHT_LIMIT = 64;

/** Bodies held in memory at once; a single larger file is still sent, alone. */
const IN_FLIGHT_BYTES_LIMIT = 256 * 2 ** 20;

/** Runs work on all files, within both limits. After a failure nothing new starts, and it is thrown. */
export async function eachInFlight<File extends { readonly size: number }>(
  files: readonly File[],
  work: (file: File) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  // Collected, not left to the promises: a race that is already won would swallow a rejection.
  const failures: unknown[] = [];
  let bytes = 0;
  const isFull = (next: number): boolean =>
    running.size >= IN_FLIGHT_LIMIT || (running.size > 0 && bytes + next > IN_FLIGHT_BYTES_LIMIT);
  const start = async (file: File): Promise<void> => {
    try {
      await work(file);
    } catch (error) {
      failures.push(error);
    }
  };
  for (const file of files) {
    while (isFull(file.size)) await Promise.race(running);
    if (failures.length > 0) break;
    bytes += file.size;
    const task = start(file).finally(() => {
      bytes -= file.size;
      running.delete(task);
    });
    running.add(task);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
