import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UpdateFunctionCodeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { setTimeout as sleep } from 'node:timers/promises';
import { UnansweredError, UsageError } from '../../../core/errors.ts';
import type { FastLaneCode } from '../../../ports/fast-lane-code.ts';
import { translateError } from '../translate-error.ts';
import { archiveCode, digestArchive } from './archive.ts';
import { readFunction } from './read-function.ts';

const BUNDLE = join('lambda', 'index.mjs');
const POLL_MILLISECONDS = 250;
/** A new code runs within seconds. */
const POLLS = 240;

export function createFastLaneCode(lambda: LambdaClient): FastLaneCode {
  return {
    digest: async () => digestArchive(await archiveBundle()),
    readDigest: async (name) => (await readFunction(lambda, name))?.CodeSha256,

    async upload(name) {
      // Lambda takes one change at a time, and CloudFormation may just have made the function.
      await waitUntilReady(lambda, name);
      const command = new UpdateFunctionCodeCommand({
        FunctionName: name,
        ZipFile: await archiveBundle(),
      });
      try {
        await lambda.send(command);
      } catch (error) {
        throw explain(error, 'UpdateFunctionCode', name);
      }
      await waitUntilReady(lambda, name);
    },
  };
}

async function archiveBundle(): Promise<Uint8Array> {
  return archiveCode(await readFile(findBundle(), 'utf8'), 'index.mjs');
}

/** Beside the built command line, or in dist/ of the checkout that this runs from. */
function findBundle(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const found = [join(directory, BUNDLE), join(directory, 'dist', BUNDLE)].find(existsSync);
    if (found !== undefined) return found;
    const parent = dirname(directory);
    if (parent === directory) break;
    directory = parent;
  }
  throw new UsageError(
    "The fast lane's code, dist/lambda/index.mjs, is not there.",
    'Run `npm run build` in the checkout, or use the built command line.',
  );
}

async function waitUntilReady(lambda: LambdaClient, name: string): Promise<void> {
  for (let polls = 0; polls < POLLS; polls++) {
    const found = await readFunction(lambda, name);
    if (found === undefined) throw gone(name);
    if (found.State !== 'Pending' && found.LastUpdateStatus !== 'InProgress') return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new UnansweredError(
    `Lambda is still working on the function ${name} after a minute.`,
    'Run the command again: it goes on from there.',
  );
}

function gone(name: string): UsageError {
  return new UsageError(
    `There is no function ${name} in us-east-1, though the stack has one.`,
    'Somebody deleted it by hand: `headgate bootstrap --destroy`, then `--deploy`, makes it anew.',
  );
}

function explain(error: unknown, verb: string, name: string): Error {
  return translateError(error, { action: `lambda:${verb}`, resource: `function ${name}` });
}
