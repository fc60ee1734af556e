export type Say = (line: string) => void;

/** Tells the story step by step, and keeps the times for the table at the end. */
export interface Report {
  /** Prints the heading, runs the step, which says what happened. */
  step(title: string, play: (say: Say) => Promise<void>): Promise<void>;
  /** Every step with its seconds. */
  table(): string;
}

export function createReport(print: Say): Report {
  const steps: { title: string; seconds: number }[] = [];
  const started = performance.now();
  return {
    step: async (title, play) => {
      print(`\n${steps.length + 1}. ${title}`);
      const begun = performance.now();
      await play((line) => print(`   ${line}`));
      steps.push({ title, seconds: (performance.now() - begun) / 1000 });
    },
    table: () => {
      const total = { title: 'In all', seconds: (performance.now() - started) / 1000 };
      const width = Math.max(...steps.map(({ title }) => title.length)) + 5;
      const rows = steps.map(({ title, seconds }, index) =>
        renderRow(`${String(index + 1).padStart(2)}. ${title}`, seconds, width),
      );
      return [...rows, renderRow(`    ${total.title}`, total.seconds, width)].join('\n');
    },
  };
}

function renderRow(title: string, seconds: number, width: number): string {
  return `${title.padEnd(width)} ${seconds.toFixed(1).padStart(6)} s`;
}
