const LIMIT = 1500;

/** A step of the story did not do what it promises. */
export class Mismatch extends Error {
  readonly expected: string;
  readonly actual: string;

  constructor(what: string, expected: unknown, actual: unknown) {
    super(what);
    this.name = 'Mismatch';
    this.expected = render(expected);
    this.actual = render(actual);
  }
}

/** Throws a Mismatch unless both are the same value. */
export function verify<T>(what: string, actual: T, expected: T): void {
  if (actual !== expected) throw new Mismatch(what, expected, actual);
}

/** How long the story waits for something, and how long between two looks. */
export interface Pace {
  readonly seconds: number;
  /** Default 25. */
  readonly pauseMilliseconds?: number;
  /** Aborted: nobody waits any more. */
  readonly signal?: AbortSignal;
}

/** Asks again and again until `reached`, and throws a Mismatch with the last answer after that. */
export async function waitFor<T>(wait: {
  readonly what: string;
  readonly expected: string;
  readonly seconds: number;
  readonly pauseMilliseconds?: number;
  readonly signal?: AbortSignal;
  readonly ask: () => Promise<T>;
  readonly reached: (answer: T) => boolean;
}): Promise<T> {
  const deadline = Date.now() + wait.seconds * 1000;
  for (;;) {
    wait.signal?.throwIfAborted();
    const answer = await wait.ask();
    if (wait.reached(answer)) return answer;
    if (Date.now() > deadline) {
      throw new Mismatch(wait.what, `${wait.expected} within ${wait.seconds} s`, answer);
    }
    await new Promise((resolve) => setTimeout(resolve, wait.pauseMilliseconds ?? 25));
  }
}

function render(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > LIMIT ? `${text.slice(0, LIMIT)}... (${text.length} characters)` : text;
}
