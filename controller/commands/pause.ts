import { changePause } from '../apply/change-pause.ts';
import { EXIT, UsageError, type ExitCode } from '../core/errors.ts';
import type { Context } from '../ports/context.ts';
import type { Arguments, Command } from './command.ts';
import { findRecordPlace } from './find-record-place.ts';
import { POLICIES_DIRECTORY } from './load-policies.ts';

export const pause: Command = {
  name: 'pause',
  summary: 'Stop all automation of one environment, or let it go on',
  help: `headgate pause <app> <environment> --reason <text>
               [--policies <dir> | --bucket <bucket> --region <region>]
headgate pause <app> <environment> --resume [--reason <text>] ...

While paused, reconcile does nothing to the environment: no step, no release, no
settings, no repair, and no rollback by the guard. \`headgate rollback\` still
works, and leaves it paused. Visitors get what they get. Edge code belongs to
the group and goes on. Status and plan name who paused, when and why; a rollout
goes on after the resume as if its time had passed. If the record can't be read,
nobody knows of the pause, and the guard does roll back. It works also when the
policy has an issue: of that, app, bucket and region are enough.

Environments that move \`together\` with it (edge.yaml) pause with it, their
guards too: half of them would be what \`together\` rules out.

  --reason <text>    why; needed to pause; goes into the history
  --resume           ends the pause
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --bucket, --region where the record is, when no policy says so

Exit codes: 0 done, 4 the record kept moving (run again), 3 never released,
2 the policy or the arguments are wrong.`,
  options: {
    reason: { type: 'string' },
    resume: { type: 'boolean', default: false },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    bucket: { type: 'string' },
    region: { type: 'string' },
  },
  allowPositionals: true,
  run: runPause,
};

async function runPause(args: Arguments, context: Context): Promise<ExitCode> {
  const { values } = args;
  const isResume = values['resume'] === true;
  const reason = values['reason'] ?? (isResume ? 'asked for by hand' : '');
  if (typeof reason !== 'string' || reason.trim() === '') {
    const next = 'For example: headgate pause shop prod --reason "database move"';
    throw new UsageError('pause needs a --reason.', next);
  }
  const { app, environment, ...place } = await findRecordPlace(args, context, 'pause');
  const { by } = await context.surroundings.facts();
  const asked = { by, at: context.clock.now().toISOString(), reason };
  context.terminal.print(
    await changePause(
      context,
      { app: { app, ...place }, environment: { name: environment } },
      { asked, isResume },
    ),
  );
  return EXIT.done;
}
