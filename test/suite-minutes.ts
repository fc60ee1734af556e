import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * For the full run: says which part of the suite took how long, so that the slow one is seen before it
 * hurts, and fails when a test was skipped.
 */
export const suiteMinutes: Reporter = {
  onTestRunEnd(modules) {
    const seconds = new Map<string, number>();
    for (const module of modules) {
      const suite = nameSuite(module);
      seconds.set(suite, (seconds.get(suite) ?? 0) + module.diagnostic().duration / 1000);
    }
    const rows = [...seconds].toSorted(([, a], [, b]) => b - a);
    const table = rows.map(([suite, taken]) => `${suite.padEnd(32)} ${renderMinutes(taken)}`);
    process.stdout.write(`\nminutes per suite (two run at a time)\n${table.join('\n')}\n`);
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    if (skipped.length === 0) return;
    process.stdout.write(
      `\nskipped, and a full run skips nothing: ${skipped.map(nameTest).join('; ')}\n`,
    );
    process.exitCode = 1;
  },
};

/** `controller/local/s3/objects.test.ts` is part of `controller/local`. */
function nameSuite({ relativeModuleId }: TestModule): string {
  return relativeModuleId.split('/').slice(0, -1).slice(0, 2).join('/') || relativeModuleId;
}

function nameTest({ fullName, module }: TestCase): string {
  return `${module.relativeModuleId}: ${fullName}`;
}

function renderMinutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
