/** As many as the upload engine ever has in flight: how many of them S3 takes is for it to find out. */
const IN_FLIGHT_LIMIT = 128;

/** Bodies held in memory at once; a single larger file is still sent, alone. */
const IN_FLIGHT_BYTES_LIMIT = 48 * 2 ** 20;

/**
 * Runs work on all files, within both limits. After a failure nothing new starts, and it is thrown. `weigh`: bytes
 * that a file takes meanwhile, where that isn't its size.
 */
export async function eachInFlight<File extends { readonly size: number }>(
  files: readonly File[],
  work: (file: File) => Promise<void>,
  weigh: (file: File) => number = ({ size }) => size,
): Promise<void> {
  const running = new Set<Promise<void>>();
  // Collected, not left to the promises: a race that is already won would swallow a rejection.
  const failures: unknown[] = [];
  let bytes = 0;
  let wake: (() => void) | undefined;
  const isFull = (next: number): boolean =>
    running.size >= IN_FLIGHT_LIMIT || (running.size > 0 && bytes + next > IN_FLIGHT_BYTES_LIMIT);
  const start = async (file: File, weight: number): Promise<void> => {
    try {
      await work(file);
    } catch (error) {
      failures.push(error);
    }
    bytes -= weight;
  };
  for (const file of files) {
    const weight = weigh(file);
    // Not a race of all that run: each would leave a reaction on every promise, for each file.
    while (isFull(weight)) await new Promise<void>((resolve) => (wake = resolve));
    if (failures.length > 0) break;
    bytes += weight;
    const task = start(file, weight).then(() => {
      running.delete(task);
      wake?.();
    });
    running.add(task);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
