/**
 * How long a test waits for what has to come, however slow the machine is: only what never comes takes it all.
 * For `vi.waitFor`, whose own second is too short; `expect.poll` has it from the configuration.
 */
export const PATIENCE = { timeout: 100_000, interval: 20 } as const;
