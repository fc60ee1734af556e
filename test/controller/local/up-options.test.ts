import { expect, it } from 'vitest';
import { UsageError } from '../../../controller/core/errors.ts';
import { readUpOptions } from '../../../controller/local/up-options.ts';

it('keeps state and address without --demo, and neither with it', () => {
  expect(readUpOptions({ positionals: [], values: {} })).toMatchObject({
    demo: false,
    directory: '.headgate/cloud',
    port: 4580,
    edgePort: 4581,
    speed: 1,
    propagationSeconds: 5,
    edgeRegion: 'us-east-1',
  });
  expect(readUpOptions({ positionals: [], values: { demo: true } })).toMatchObject({
    demo: true,
    builds: undefined,
    port: 0,
    edgePort: 0,
    speed: 200,
  });
});

it('takes three builds for the demo', () => {
  const values = { demo: true, builds: true, exit: true, layout: 'tree' };
  expect(readUpOptions({ positionals: ['a', 'b', 'c'], values })).toMatchObject({
    builds: ['a', 'b', 'c'],
    exit: true,
    layout: 'tree',
  });
});

it.each([
  [{ speed: '0' }, [], '--speed "0" is not a number from 1 to 1000'],
  [{ speed: 'fast' }, [], '--speed "fast" is not a number'],
  [{ port: '80.5' }, [], '--port "80.5" is not a whole number from 0 to 65535'],
  [{ 'edge-port': '' }, [], '--edge-port "" is not a whole number'],
  [{ propagation: '-1' }, [], '--propagation "-1" is not a number from 0 to 600'],
  [{ 'edge-region': 'Ireland' }, [], '--edge-region "Ireland" is no region'],
  [{ exit: true }, [], '--exit belongs to --demo'],
  [{ builds: true }, ['a', 'b', 'c'], '--builds belongs to --demo'],
  [{ layout: 'tree' }, [], '--layout belongs to --demo'],
  [{ demo: true, layout: 'flat' }, [], '--layout "flat" is not pool or tree'],
  [{ demo: true, builds: true }, ['a'], '--builds takes three directories, got 1'],
  [{ demo: true, directory: 'x' }, [], 'takes no --directory'],
  [{}, ['dist'], 'unexpected "dist"'],
])('refuses %j %j', (values, positionals, message) => {
  expect(() => readUpOptions({ positionals, values })).toThrow(UsageError);
  expect(() => readUpOptions({ positionals, values })).toThrow(message);
});

it('says all that is wrong at once', () => {
  const values = { speed: '0', port: 'x', exit: true };
  expect(() => readUpOptions({ positionals: [], values })).toThrow(/--port.*--speed.*--exit/);
});
