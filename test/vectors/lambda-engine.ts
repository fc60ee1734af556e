import { createRequire } from 'node:module';
import vm from 'node:vm';
import type { LambdaEvent } from '../../edge/lambda-edge/event.ts';
import type { LambdaOutput } from './lambda-event.ts';

export type LambdaHandler = (event: LambdaEvent) => Promise<LambdaOutput>;

export interface Instance {
  /** All environment variables the code sees. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds; left out: the real time. */
  readonly now?: () => number;
  /** Gets what the function says to its log. */
  readonly log?: (text: string) => void;
  /** Gets what the function says through the console. */
  readonly print?: (text: string) => void;
}

/** A fresh execution environment with the published text, loaded as Lambda loads `index.js`. */
export function loadLambda(published: string, instance: Instance): LambdaHandler {
  const { environment, now = Date.now, log = () => {}, print = () => {} } = instance;
  const globals = {
    console: { log: print },
    process: {
      env: { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', ...environment },
      stderr: { write: log },
    },
    Date: class extends Date {
      constructor(...parts: readonly [] | readonly [string | number | Date]) {
        super(parts.length === 0 ? now() : parts[0]);
      }
      static override now = now;
    },
  };
  const module = { exports: {} as { handler?: LambdaHandler } };
  const names = ['exports', 'require', 'module', ...Object.keys(globals)];
  const run = vm.compileFunction(published, names, { filename: 'index.js' });
  const require = createRequire(import.meta.url);
  run(module.exports, require, module, ...Object.values(globals));
  const { handler } = module.exports;
  if (handler === undefined) throw new Error('index.handler is not exported');
  // Events and results are JSON on their way.
  return async (event) => {
    const output = await handler(JSON.parse(JSON.stringify(event)) as LambdaEvent);
    return JSON.parse(JSON.stringify(output)) as LambdaOutput;
  };
}
