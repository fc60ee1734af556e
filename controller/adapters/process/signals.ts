import type { Signals } from '../../ports/signals.ts';

const NAMES = ['SIGINT', 'SIGTERM'] as const;

/** The part of a process this needs. */
type Source = Pick<NodeJS.Process, 'once' | 'off'>;

export function createSignals(source: Source = process): Signals {
  return {
    listen() {
      const stop = new AbortController();
      const release = (): void => {
        for (const name of NAMES) source.off(name, onSignal);
      };
      const onSignal = (name: NodeJS.Signals): void => {
        release();
        stop.abort(name);
      };
      for (const name of NAMES) source.once(name, onSignal);
      return { signal: stop.signal, release };
    },
  };
}
