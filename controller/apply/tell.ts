import { ConflictError } from '../core/errors.ts';
import type { Tell } from '../core/plan/plan.ts';
import { nameEvent, renderEvent, signEvent } from '../core/report/event-message.ts';
import type { EnvironmentRecord, HistoryEntry } from '../core/state/record.ts';
import { isTold, withTold } from '../core/state/untold.ts';
import type { Context } from '../ports/context.ts';

const ATTEMPTS = 2;
const PAUSE_MILLISECONDS = 1000;
const TIMEOUT_MILLISECONDS = 5000;
const IN_SSM = 'ssm:';
/** Entries to look back through; who hears nothing for longer than that has `headgate history`. */
const HISTORY_LIMIT = 100;

/**
 * Tells everyone of the events that they may not know yet. Last, because no release waits for it, and
 * never throws: what nobody could be told of stays marked in the record, and the next run tells it.
 */
export async function tellAll(tells: readonly Tell[], context: Context): Promise<void> {
  // One receiver that hangs may cost a run one timeout, not one per environment.
  const deaf = new Set<string>();
  for (const tell of tells) {
    const problem = await tellOne(tell, context, deaf);
    if (problem === undefined) continue;
    const name = `${tell.app}/${tell.environment}`;
    context.terminal.note(`note: ${name}: ${problem}; the next run tells it again.`);
  }
}

/** Why it could not be told; undefined: it was. */
async function tellOne(
  tell: Tell,
  context: Context,
  deaf: Set<string>,
): Promise<string | undefined> {
  const { app, environment, place, notify } = tell;
  try {
    const stored = await context.records(place).read(app, environment);
    if (stored?.record.untold === undefined) return undefined;
    if (deaf.has(notify.url)) return 'its webhook was not asked again';
    const receiver = await findReceiver(tell, context);
    for (const entry of await readUntold(tell, stored.record, context)) {
      const problem = await post(tell, entry, { receiver, context });
      if (problem === undefined) continue;
      deaf.add(notify.url);
      await markTold(tell, entry.generation - 1, context);
      return `${new URL(receiver.url).host} was not told of generation ${entry.generation} (${problem})`;
    }
    await markTold(tell, stored.record.generation, context);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Receiver {
  readonly url: string;
  readonly secret: string | undefined;
}

async function findReceiver({ notify, place }: Tell, context: Context): Promise<Receiver> {
  const { url, secretParameter } = notify;
  const read = (name: string) => readSecret(name, place, context);
  return {
    url: url.startsWith(IN_SSM) ? requireUrl(await read(url.slice(IN_SSM.length)), url) : url,
    secret: secretParameter === undefined ? undefined : await read(secretParameter),
  };
}

/** Without the secret that the policy names nothing is sent: a receiver must not learn to do without. */
async function readSecret(
  name: string,
  { region }: Tell['place'],
  context: Context,
): Promise<string> {
  const secret = await context.secrets(region).read(name);
  if (secret !== undefined && secret !== '') return secret;
  throw new Error(`there is no SSM parameter ${name} in ${region}, which \`notify\` names`);
}

/** The value itself is never shown. */
function requireUrl(value: string, name: string): string {
  const text = value.trim();
  if (text.startsWith('https://') && URL.canParse(text)) return text;
  throw new Error(`${name} holds no URL that starts with https://`);
}

/** Oldest first. Mostly it is the last entry, which the record has itself. */
async function readUntold(
  { app, environment, place }: Tell,
  { untold = 0, last }: EnvironmentRecord,
  context: Context,
): Promise<readonly HistoryEntry[]> {
  const known =
    untold >= last.generation
      ? []
      : await context.records(place).readHistory(app, environment, HISTORY_LIMIT);
  const others = known.filter(
    ({ generation }) => generation >= untold && generation < last.generation,
  );
  return [...others, last]
    .filter(({ event }) => isTold(event))
    .toSorted((a, b) => a.generation - b.generation);
}

async function post(
  { app, environment }: Tell,
  entry: HistoryEntry,
  { receiver, context }: { readonly receiver: Receiver; readonly context: Context },
): Promise<string | undefined> {
  const { url, secret } = receiver;
  const body = renderEvent({ app, environment }, entry);
  let problem = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await context.clock.sleep(PAUSE_MILLISECONDS);
    const headers = {
      'content-type': 'application/json',
      'x-headgate-event': nameEvent({ app, environment }, entry),
      ...(secret !== undefined && {
        'x-headgate-signature': signEvent(body, secret, context.clock.now()),
      }),
    };
    const timeoutMilliseconds = TIMEOUT_MILLISECONDS;
    const answer = await context.webhook.post(url, { headers, body, timeoutMilliseconds });
    if ('status' in answer && answer.status >= 200 && answer.status < 300) return undefined;
    problem = 'status' in answer ? `it answered ${answer.status}` : answer.error;
  }
  return problem;
}

/** Leaves a record alone that another run is at work on: telling twice is better than stopping it. */
async function markTold(
  { app, environment, place }: Tell,
  told: number,
  context: Context,
): Promise<void> {
  const records = context.records(place);
  const stored = await records.read(app, environment);
  if (stored === undefined || stored.record.intent !== undefined) return;
  const next = withTold(stored.record, told);
  if (next.untold === stored.record.untold) return;
  try {
    await records.write(next, stored.revision);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
  }
}
