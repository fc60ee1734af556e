/** What the runtime loads: dist/lambda/index.mjs, as `index.handler`. */
import { createLambdaContext, preloadForAlarms } from '../context.ts';
import { createHandler } from './handler.ts';
import { createLog } from './log.ts';

// oxlint-disable-next-line no-console -- what the console is told is the function's log.
const log = createLog((line) => console.log(line));

/** Kept between invocations, as the clients' connections are. */
export const handler = createHandler({
  context: createLambdaContext((message) => log({ level: 'info', message })),
  log,
});

await preloadForAlarms();
