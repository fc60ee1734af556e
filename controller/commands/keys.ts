import { SPREAD_SECONDS } from '../../edge/contract/kid.ts';
import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import { duration, parseSeconds } from '../core/policy/values.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { findSubject } from './find-subject.ts';
import { rotateKeys } from './keys/rotate.ts';
import type { Rotation } from './keys/rotation.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';

export const keys: Command = {
  name: 'keys',
  summary: 'Make a new signing key for previews, priority and the gate',
  help: `headgate keys rotate <app> <environment> [--force] [--wait <duration>]
                     [--policies <dir>] [--json]

Makes a new key that signs once the whole edge knows it: it is written beside
the former one, and made to sign a minute later. The former one stays valid, so
no link and no session ends; a third one goes once nothing that it signed can
still be valid. Interrupted: run it again, it finishes what was begun and makes
no further key. No secret is ever printed. Where Lambda@Edge runs, a new key
begins to sign by itself, a minute and \`routeMaxAge\` after it was made.

  --force            drop the oldest key even if its tokens are still valid;
                     after a leak run it twice: both keys are new then
  --wait <duration>  how long the new key spreads before it signs (default: 60s)
                     0s: the next run, a minute later or more, makes it sign
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             the result as JSON

Exit codes: 0 rotated, 2 the policy or the arguments are wrong, 3 tokens of the
oldest key may still be valid, or the newest doesn't sign yet, 4 another run
rotated (run again).`,
  options: {
    force: { type: 'boolean', default: false },
    wait: { type: 'string', default: '60s' },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  run: runKeys,
};

async function runKeys({ positionals, values }: Arguments, context: Context): Promise<ExitCode> {
  const [verb, ...names] = positionals;
  if (verb !== 'rotate') {
    throw new UsageError(
      verb === undefined ? 'keys needs a verb: rotate.' : `keys can rotate, not ${verb}.`,
      'For example: headgate keys rotate shop prod',
    );
  }
  const { policies } = await loadPolicies(context.files, String(values['policies']));
  const subject = findSubject(policies, names, 'keys rotate');
  const rotation = await rotateKeys({
    subject,
    force: values['force'] === true,
    waitSeconds: readWait(values['wait']),
    context,
  });
  const name = `${subject.app.app}/${subject.environment.name}`;
  context.terminal.print(
    values['json'] === true ? JSON.stringify(rotation) : renderRotation(name, rotation),
  );
  return EXIT.done;
}

function readWait(written: string | boolean | undefined): number {
  const text = written === undefined ? `${SPREAD_SECONDS}s` : String(written);
  if (duration.safeParse(text).success) return parseSeconds(text);
  const expects = String(duration.meta()?.['expects']);
  throw new UsageError(`--wait ${JSON.stringify(text)} is not ${expects}.`, 'Such as --wait 60s');
}

function renderRotation(name: string, { outcome, live, dropped, from }: Rotation): string {
  const [newest = '', former] = live;
  const first = {
    rotated: `Key ${newest} of ${name} signs from ${from ?? 'now on'}.`,
    staged:
      `Key ${newest} of ${name} is known to the edge, and signs nothing yet.\n` +
      `  next: run this again at ${from} or later, and it signs`,
    finished: `Finished a rotation of ${name}: key ${newest} signs.`,
  };
  return [
    first[outcome],
    ...(former === undefined
      ? []
      : [`  ${outcome === 'staged' ? 'still signs' : 'still valid'}  ${former}`]),
    ...(dropped.length === 0 ? [] : [`  dropped      ${dropped.join(', ')}`]),
  ].join('\n');
}
