import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { findSubject } from './find-subject.ts';
import { rotateKeys, type Rotation } from './keys/rotate.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';

export const keys: Command = {
  name: 'keys',
  summary: 'Make a new signing key for previews, priority and the gate',
  help: `headgate keys rotate <app> <environment> [--force] [--policies <dir>] [--json]

Makes a new key that signs from now on. The former one stays valid beside it,
so no link and no session ends; a third one goes once nothing that it signed
can still be valid. Interrupted: run it again, it finishes what was begun and
makes no further key. No secret is ever printed.

  --force            drop the oldest key even if its tokens are still valid;
                     after a leak run it twice: both keys are new then
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             the result as JSON

Exit codes: 0 rotated, 2 the policy or the arguments are wrong, 3 tokens of the
oldest key may still be valid, 4 another run rotated (run again).`,
  options: {
    force: { type: 'boolean', default: false },
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
  const rotation = await rotateKeys({ subject, force: values['force'] === true, context });
  const name = `${subject.app.app}/${subject.environment.name}`;
  context.terminal.print(
    values['json'] === true ? JSON.stringify(rotation) : renderRotation(name, rotation),
  );
  return EXIT.done;
}

function renderRotation(name: string, { outcome, live, dropped }: Rotation): string {
  const [newest = '', former] = live;
  return [
    outcome === 'rotated'
      ? `Key ${newest} of ${name} signs from now on.`
      : `Finished a rotation of ${name} that had been interrupted: key ${newest} signs.`,
    ...(former === undefined ? [] : [`  still valid  ${former}`]),
    ...(dropped.length === 0 ? [] : [`  dropped      ${dropped.join(', ')}`]),
  ].join('\n');
}
