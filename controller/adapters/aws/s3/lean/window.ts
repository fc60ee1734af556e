const START = 64;
const SMALLEST = 4;
const LARGEST = 128;

/** A place among the requests in flight. */
export interface Turn {
  /** How often the window had been halved when the request went out. */
  readonly halvings: number;
}

/**
 * How many requests may be in flight: half as many after S3 asked to slow down, and one more per window of
 * requests that went well while it was full. TCP's way: it finds what S3 takes, and shares it fairly with
 * other runners.
 */
export class Window {
  #size = START;
  #inFlight = 0;
  #halvings = 0;
  readonly #waiting: (() => void)[] = [];

  get size(): number {
    return Math.floor(this.#size);
  }

  async enter(): Promise<Turn> {
    while (this.#inFlight >= this.size) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#inFlight += 1;
    return { halvings: this.#halvings };
  }

  /** 64 requests that were in flight together and are all refused are one refusal, not 64. */
  leave({ halvings }: Turn, outcome: 'fine' | 'slow' | 'other'): void {
    const wasFull = this.#inFlight >= this.size;
    this.#inFlight -= 1;
    if (outcome === 'slow' && halvings === this.#halvings) {
      this.#size = Math.max(SMALLEST, this.#size / 2);
      this.#halvings += 1;
    }
    if (outcome === 'fine' && wasFull) {
      this.#size = Math.min(LARGEST, this.#size + 1 / this.#size);
    }
    for (let free = this.size - this.#inFlight; free > 0; free -= 1) this.#waiting.shift()?.();
  }
}
