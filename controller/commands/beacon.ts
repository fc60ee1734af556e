import { createHash } from 'node:crypto';
import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import type { Context } from '../ports/context.ts';
import { findMetricFilters } from './beacon/metric-filters.ts';
import type { Arguments, Command } from './command.ts';
import { POLICIES_DIRECTORY } from './load-policies.ts';

export const beacon: Command = {
  name: 'beacon',
  summary: 'The script that tells the guard what pages meet',
  help: `headgate beacon [--open-tab] [--json]
headgate beacon --metric-filters <app> <environment> [--policies <dir>]

Prints an inline script, at most 1,000 bytes, for the app's HTML: first in
<head>, before all other scripts. It reports uncaught errors, unhandled
rejections and parts of the app that did not load to /_headgate/errors, and
that a page came up without any. For environments with \`guard: { beacon: ... }\`;
elsewhere its reports are 404 and do nothing.

Release it before the policy asks for it: a page without it looks like one
that never came up.

  --open-tab   another one instead: it tells the app, by the event
               headgate:tab, that the build of an open page was quarantined
               or replaced
  --json       the script's text and its hash for a Content-Security-Policy

With --metric-filters, what makes metrics of the reports and of navigations, by
build (dimension Arm: stable, canary, split): one line per filter, each for
aws logs put-metric-filter --region us-east-1 --cli-input-json. They are for
dashboards and people: anybody can send reports, so an alarm on them has no
place in guard.alarms. The log group is there once the edge has logged a line.

  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})

Exit codes: 0 printed, 2 the arguments or the policy are wrong.`,
  options: {
    'open-tab': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'metric-filters': { type: 'boolean', default: false },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
  },
  allowPositionals: true,
  run: runBeacon,
};

async function runBeacon({ positionals, values }: Arguments, context: Context): Promise<ExitCode> {
  if (values['metric-filters'] === true) {
    const directory = String(values['policies']);
    const filters = await findMetricFilters(context, positionals, directory);
    context.terminal.print(filters.map((filter) => JSON.stringify(filter)).join('\n'));
    return EXIT.done;
  }
  if (positionals.length > 0) {
    const next =
      'The script is the same for all; --metric-filters takes an app and an environment.';
    throw new UsageError(`beacon takes no ${positionals[0]}.`, next);
  }
  const name = values['open-tab'] === true ? 'open-tab' : 'beacon';
  const script = await context.bundler.composeSnippet(name);
  const hash = `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  if (values['json'] === true) {
    context.terminal.print(JSON.stringify({ name, script, hash }));
    return EXIT.done;
  }
  context.terminal.print(`<script>${script}</script>`);
  context.terminal.note(`Where a Content-Security-Policy stands: script-src ${hash}`);
  return EXIT.done;
}
