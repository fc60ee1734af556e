import { UnansweredError } from '../../../../controller/core/errors.ts';
import type { Send } from '../../../fakes/cloud/ports.ts';

/**
 * `refused`: AWS didn't do it, and no answer came. `lost`: it did, and the answer was lost. `repeated`:
 * the SDK heard nothing and sent it again, so it was carried out or refused a second time.
 */
export type Fault = 'refused' | 'lost' | 'repeated';

/** A request of one actor, on its way there or back. */
export interface Call<Actor> {
  readonly actor: Actor;
  readonly name: string;
  readonly kind: 'read' | 'write' | 'sleep';
  readonly effect: () => Promise<unknown>;
  readonly deliver: (answer: Delivered) => void;
  fault: Fault | undefined;
  answer: Delivered | undefined;
}

type Delivered = { readonly value: unknown } | { readonly error: unknown };

interface Options<Actor> {
  /** A whole number below the limit, by the seed. */
  readonly draw: (limit: number) => number;
  readonly planFault: (actor: Actor, call: Pick<Call<Actor>, 'name' | 'kind'>) => Fault | undefined;
  /** Right after a request took effect, before anybody hears of it. */
  readonly seen: (call: Call<Actor>) => Promise<void>;
}

/** More than any history needs: whoever asks more often asks for ever. */
const PATIENCE = 4000;

/**
 * Lets one request through at a time, whosever turn the seed says it is. Between two of them every
 * actor runs until it waits for an answer, so nothing but the seed decides what happens when.
 */
export class Scheduler<Actor> {
  #calls: Call<Actor>[] = [];
  readonly #options: Options<Actor>;

  constructor(options: Options<Actor>) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#calls.length === 0;
  }

  /** The requests of this actor wait here for their turn. */
  sendAs(actor: Actor): Send {
    return (name, kind, effect) =>
      new Promise((resolve, reject) => {
        const deliver = (answer: Delivered) => {
          if ('error' in answer) reject(answer.error);
          else resolve(answer.value as Awaited<ReturnType<typeof effect>>);
        };
        const fault = this.#options.planFault(actor, { name, kind });
        this.#calls.push({ actor, name, kind, effect, deliver, fault, answer: undefined });
      });
  }

  /** As if its process had been killed: nothing it has not sent is sent, nothing is heard. */
  forget(actor: Actor): void {
    this.#calls = this.#calls.filter((call) => call.actor !== actor);
  }

  /** One request gets there, or one answer comes back. */
  async step(): Promise<void> {
    const { length } = this.#calls;
    if (length === 0) return;
    const call = this.#calls[this.#options.draw(length)];
    if (call !== undefined) await this.#advance(call);
    await settle();
  }

  /** What is on its way there gets there; who sent it hears of it later. */
  async land(): Promise<void> {
    for (const call of this.#calls) {
      while (call.answer === undefined) await this.#carryOut(call);
    }
  }

  /** This one runs until it ends, or is about to send what `until` says, and all others wait. */
  async finish(actor: Actor, until?: RegExp): Promise<void> {
    await settle();
    for (let steps = 0; steps <= PATIENCE; steps++) {
      const call = this.#calls.find((one) => one.actor === actor);
      if (call === undefined || until?.test(call.name) === true) return;
      await this.#advance(call);
      await settle();
    }
  }

  async drain(): Promise<void> {
    await settle();
    for (let steps = 0; !this.isIdle; steps++) {
      if (steps > PATIENCE) throw new Error('livelock: the actors go on for ever');
      await this.step();
    }
  }

  async #advance(call: Call<Actor>): Promise<void> {
    if (call.answer === undefined) {
      await this.#carryOut(call);
      // Of a read nobody can tell when the answer came; of a write the answer has yet to get back.
      if (call.answer === undefined || call.kind === 'write') return;
    }
    this.#calls = this.#calls.filter((other) => other !== call);
    call.deliver(call.answer);
  }

  async #carryOut(call: Call<Actor>): Promise<void> {
    const { fault } = call;
    if (fault === 'refused') {
      call.answer = unanswered(call.name);
      return;
    }
    const answer = await attempt(call.effect);
    await this.#options.seen(call);
    call.fault = undefined;
    if (fault === 'repeated') return;
    call.answer = fault === 'lost' ? unanswered(call.name) : answer;
  }
}

async function attempt(effect: () => Promise<unknown>): Promise<Delivered> {
  try {
    return { value: await effect() };
  } catch (error) {
    return { error };
  }
}

function unanswered(name: string): Delivered {
  return { error: new UnansweredError(`No answer: ${name}`, 'Run it again.') };
}

/** Everything that waits for no request has run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
