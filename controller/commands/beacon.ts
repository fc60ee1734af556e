import { createHash } from 'node:crypto';
import { EXIT, type ExitCode } from '../core/errors.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';

export const beacon: Command = {
  name: 'beacon',
  summary: 'The script that tells the guard what pages meet',
  help: `headgate beacon [--open-tab] [--json]

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

Exit codes: 0 printed, 2 the arguments are wrong.`,
  options: {
    'open-tab': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
  run: runBeacon,
};

async function runBeacon({ values }: Arguments, context: Context): Promise<ExitCode> {
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
