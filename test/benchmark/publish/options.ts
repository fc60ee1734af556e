import { parseArgs } from 'node:util';
import type { ScenarioName } from './scenarios.ts';

export interface Options {
  /** One run of what is tuned, at 20 ms. */
  readonly quick: boolean;
  readonly runs: number;
  readonly latencies: readonly number[];
  readonly files: number;
  /** A built command line to measure; undefined: this repository's, which is built first. */
  readonly cli: string | undefined;
  /** Written after every round. */
  readonly json: string | undefined;
  /** Goes on with what that file has. */
  readonly resume: boolean;
  /** Slow defaults, too, in every round. */
  readonly everyRound: boolean;
  readonly takes: (scenario: ScenarioName) => boolean;
  readonly wants: (client: string) => boolean;
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      latency: { type: 'string' },
      files: { type: 'string', default: '10000' },
      scenario: { type: 'string' },
      client: { type: 'string' },
      json: { type: 'string' },
      resume: { type: 'boolean', default: false },
      'every-round': { type: 'boolean', default: false },
      cli: { type: 'string' },
    },
  });
  const { quick, scenario, client } = values;
  if (values.resume && values.json === undefined) throw new Error('--resume needs --json=<file>');
  const named = client?.split(',');
  return {
    quick,
    runs: Number(values.runs ?? (quick ? 1 : 5)),
    latencies: (values.latency ?? (quick ? '20' : '20,80')).split(',').map(Number),
    files: Number(values.files),
    cli: values.cli,
    json: values.json,
    resume: values.resume,
    everyRound: values['every-round'],
    takes: (name) => scenario === undefined || scenario.split(',').includes(name),
    wants: (name) => named === undefined || named.some((one) => name.startsWith(one)),
  };
}
