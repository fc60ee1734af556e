/** What a webhook is told of one event. */
import { createHmac } from 'node:crypto';
import type { HistoryEntry } from '../state/record.ts';

interface Place {
  readonly app: string;
  readonly environment: string;
}

/** The same for every attempt, so that a receiver can tell a repetition. */
export function nameEvent({ app, environment }: Place, { generation }: HistoryEntry): string {
  return `${app}/${environment}/${generation}`;
}

/** JSON with the `text` that Slack shows, and the same as data. */
export function renderEvent(place: Place, entry: HistoryEntry): string {
  const { event, generation, build, at, by, commit, why, evidence } = entry;
  const lines = [
    `*${place.app}/${place.environment}* ${event} (generation ${generation}, by ${by})`,
    why,
    ...evidence.map((line) => `• ${line}`),
  ];
  const text = lines.map(escapeSlack).join('\n');
  return JSON.stringify({
    text,
    event,
    ...place,
    generation,
    ...(build !== undefined && { build }),
    at,
    by,
    ...(commit !== undefined && { commit }),
    why,
    evidence,
  });
}

/** The three characters that Slack reads as markup of links and mentions. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The time is signed too, so that a receiver can refuse what is old. */
export function signEvent(body: string, secret: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}
