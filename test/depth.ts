/** `HEADGATE_DEPTH=full` (CI): everything runs, nothing may be skipped. Otherwise what a newcomer waits for. */
export const full = process.env['HEADGATE_DEPTH'] === 'full';

/** Says loudly why a test can't run here; at full depth a missing tool is a failure, not a skip. */
export function missing(tool: string, install: string): true {
  if (full) throw new Error(`${tool} is required at full depth: ${install}`);
  console.warn(`SKIPPED: ${tool} is not installed, its tests did not run. To run them: ${install}`);
  return true;
}

/** Of a file whose tests run at full depth only: says what did not run. */
export function tellSkipped(what: string): void {
  if (!full) process.stderr.write(`SKIPPED: ${what}. To run it: HEADGATE_DEPTH=full\n`);
}
