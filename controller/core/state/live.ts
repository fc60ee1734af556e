import type { Route } from '../../../edge/contract/route.ts';
import { parseRoute } from './route.ts';

/** What one environment really serves, as read. */
export interface Live {
  /** Text by host; a host that has none is absent. Empty where there is no KeyValueStore. */
  readonly values: ReadonlyMap<string, string>;
  /** Of the KeyValueStore, read before the values: a write fenced by it replaces exactly them. */
  readonly revision?: string;
  /** They were not read, or could not be: what is there is looked at right before it is written. */
  readonly isUnread?: true;
  /** The values are what the record says. Nothing may be written by them. */
  readonly isBelieved?: true;
  readonly parameters: {
    readonly route: LiveParameter | undefined;
    readonly activeBuild: LiveParameter | undefined;
    /** The one that other tools read, where the policy names one. */
    readonly adopted?: LiveParameter | undefined;
  };
}

export interface LiveParameter {
  readonly value: string;
  readonly version: number;
  /** Absent: String, the only one that is written. */
  readonly type?: string;
}

export interface LiveRoute {
  readonly route: Route;
  readonly text: string;
}

/**
 * The newest readable route of this environment among the KeyValueStore and SSM. On a tie the
 * KeyValueStore wins: it is what visitors get, and it is written first.
 */
export function newestRoute(live: Live, app: string, environment: string): LiveRoute | undefined {
  const texts = [...live.values.values(), live.parameters.route?.value];
  let newest: LiveRoute | undefined;
  for (const text of texts) {
    const route = parseRoute(text);
    if (text === undefined || route?.app !== app || route.env !== environment) continue;
    if (newest === undefined || route.gen > newest.route.gen) newest = { route, text };
  }
  return newest;
}
