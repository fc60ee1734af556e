import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, parseDocument, type Node } from 'yaml';
import { readSettings } from '../../../controller/local/demo/clients.ts';
import type { Setting } from '../setting.ts';

/** One command of a page with what the page shows of its output, or a change that comes before it. */
type Step =
  | { readonly kind: 'run'; readonly command: string; readonly shown: readonly string[] }
  | { readonly kind: 'write'; readonly file: string; readonly text: string }
  | { readonly kind: 'merge'; readonly place: readonly string[]; readonly text: string }
  | { readonly kind: 'prepare'; readonly what: string };

export type Prepare = Readonly<Record<string, (setting: Setting) => Promise<void>>>;

export interface Played {
  readonly command: string;
  /** What the page shows and the command did not print. */
  readonly missing: readonly string[];
  readonly printed: string;
}

/** Does what the page says, from top to bottom, in the directory of the setting. */
export async function playPage(
  setting: Setting,
  page: string,
  prepare: Prepare,
): Promise<readonly Played[]> {
  const played: Played[] = [];
  for (const step of readSteps(page)) {
    if (step.kind === 'run') played.push(await playCommand(setting, step));
    else if (step.kind === 'prepare') await prepareFor(step.what)(setting);
    else await changePolicy(setting, step);
  }
  return played;

  function prepareFor(what: string) {
    const found = prepare[what];
    if (found === undefined) throw new Error(`Nothing prepares "${what}"`);
    return found;
  }
}

const PART =
  /^<!-- (?<verb>prepare|merge): (?<what>.*) -->$|^```(?<language>console|yaml)\n(?<block>[^]*?)^```$/gm;

function readSteps(page: string): readonly Step[] {
  let place: readonly string[] | undefined;
  return [...page.matchAll(PART)].flatMap(({ groups = {} }): Step[] => {
    const { verb, what = '', language, block = '' } = groups;
    if (verb === 'prepare') return [{ kind: 'prepare', what }];
    if (verb === 'merge') {
      place = what.split(/[ .](?!yaml)/);
      return [];
    }
    if (language === 'console') return readCommands(block);
    const file = /^# (policies\/\S+)\n/.exec(block)?.[1];
    if (file !== undefined) return [{ kind: 'write', file, text: block }];
    if (place === undefined) return [];
    const merge: Step = { kind: 'merge', place, text: block };
    place = undefined;
    return [merge];
  });
}

function readCommands(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .map((part) => part.split('\n'))
    .filter(([command = '']) => /^(headgate|aws lambda invoke) /.test(command))
    .map(([command = '', ...shown]) => ({
      kind: 'run',
      command,
      shown: shown.filter((line) => line !== '' && line !== '...'),
    }));
}

async function changePolicy(
  { directory }: Setting,
  step: Extract<Step, { kind: 'write' | 'merge' }>,
): Promise<void> {
  await mkdir(join(directory, 'policies'), { recursive: true });
  if (step.kind === 'write') return writeFile(join(directory, step.file), step.text);
  const [name = '', ...path] = step.place;
  const file = join(directory, 'policies', name);
  const document = parseDocument(await readFile(file, 'utf8'));
  for (const [key, value] of Object.entries(parse(step.text) as object)) {
    document.setIn([...path, key], document.createNode(value) as Node);
  }
  await writeFile(file, document.toString());
}

async function playCommand(
  setting: Setting,
  { command, shown }: Extract<Step, { kind: 'run' }>,
): Promise<Played> {
  const printed = command.startsWith('aws ')
    ? await invoke(setting, command)
    : await runHeadgate(setting, command);
  const lines = printed.split('\n').map(blur);
  const missing = shown.filter((line) => !lines.some((one) => one.startsWith(blur(line))));
  return { command, missing, printed };
}

async function runHeadgate(setting: Setting, command: string): Promise<string> {
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word);
  const env = { HEADGATE_EDGE_ENDPOINT: setting.cloud.edgeUrl, GITHUB_ACTOR: 'ada' };
  const { stdout, stderr } = await setting.run(words.slice(1).map(String), { env });
  return `${stdout}${stderr}`;
}

/** What `aws lambda invoke ... /dev/stdout` does: no AWS CLI is needed to play the pages. */
async function invoke({ cloud }: Setting, command: string): Promise<string> {
  const lambda = new LambdaClient(readSettings(cloud.environment));
  const FunctionName = /--function-name (\S+)/.exec(command)?.[1];
  const Payload = Buffer.from(/--payload '([^']*)'/.exec(command)?.[1] ?? '');
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
  lambda.destroy();
  return Buffer.from(answer.Payload ?? []).toString();
}

/** What differs from run to run: times, ids, hashes, the account, and the end of a line that is cut off. */
function blur(line: string): string {
  return line
    .trim()
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+ ?(Z|UTC)?/g, 'TIME')
    .replace(/\bE[A-Z0-9]{12,13}\b/g, 'DISTRIBUTION')
    .replace(/\bd[0-9a-f]{13,14}\.cloudfront\.\w+|d111111abcdef8\.cloudfront\.net/g, 'DOMAIN')
    .replace(/\b[0-9a-f]{16}\b/g, 'HASH')
    .replace(/arn:aws:iam::\d{12}/g, 'ACCOUNT')
    .replace(/ ?\.\.\.$/, '');
}
