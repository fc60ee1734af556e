import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { createSignals } from '../../../../controller/adapters/process/signals.ts';

it('takes the first signal, and leaves the second one to end the process', () => {
  const source = new EventEmitter();
  const { signal } = createSignals(source as NodeJS.Process).listen();
  expect(signal.aborted).toBe(false);
  source.emit('SIGTERM', 'SIGTERM');
  expect(signal).toMatchObject({ aborted: true, reason: 'SIGTERM' });
  expect(source.eventNames()).toEqual([]);
});

it('lets them be when it is released', () => {
  const source = new EventEmitter();
  const { signal, release } = createSignals(source as NodeJS.Process).listen();
  release();
  source.emit('SIGINT', 'SIGINT');
  expect(signal.aborted).toBe(false);
});
