import { EXIT, UsageError, type ExitCode } from '../../core/errors.ts';
import { renderReplies } from '../../core/fast-lane/reply.ts';
import { isLine, TEXT_LIMIT } from '../../core/fast-lane/request.ts';
import { gravestExit } from '../../core/plan/plan.ts';
import { escapeMarkdown } from '../../core/report/markdown.ts';
import type { Context } from '../../ports/context.ts';
import type { Arguments } from '../command.ts';
import { loadPolicies, WITHOUT_POLICIES } from '../load-policies.ts';

const EXAMPLE = 'For example: headgate rollback shop prod --via headgate-fast-lane';

/**
 * Has the fast lane roll back, for who may do nothing on AWS but ask it: that it goes back, and nowhere
 * else, is that function's word, since no permission can say it.
 */
export async function askFastLane(
  fn: string,
  { positionals, values }: Arguments,
  context: Context,
): Promise<ExitCode> {
  const [app, environment, ...rest] = positionals;
  if (app === undefined || environment === undefined || rest.length > 0) {
    throw new UsageError('rollback needs an app and an environment.', EXAMPLE);
  }
  const { by } = await context.surroundings.facts();
  const replies = await context.fastLane.askForRollback(fn, {
    ...(await findPlace(app, values, context)),
    app,
    environment,
    to: typeof values['to'] === 'string' ? values['to'] : undefined,
    reason: readReason(values['reason']),
    by: by.slice(0, TEXT_LIMIT),
  });
  const text = renderReplies(replies);
  context.terminal.print(text);
  await context.terminal.summary(escapeMarkdown(text));
  if (values['github'] === true) {
    context.terminal.note('The next reconcile shows it on GitHub, if the fast lane has not.');
  }
  const exitCode = gravestExit(replies.map((reply) => reply.exitCode));
  // A workflow that did what a person asked it for is not to look as if it had failed.
  return exitCode === EXIT.rolledBack && values['event'] === true ? EXIT.done : exitCode;
}

function readReason(reason: unknown): string {
  if (isLine(reason)) return reason;
  throw new UsageError(
    `--reason is one line of at most ${TEXT_LIMIT} characters.`,
    'For example: --reason "wrong prices"',
  );
}

/** Where its record is. Nothing else of the policy is needed, so one with an issue will do. */
async function findPlace(
  app: string,
  { bucket, region, policies }: Arguments['values'],
  context: Context,
): Promise<{ readonly bucket: string; readonly region: string }> {
  if (typeof bucket === 'string' && typeof region === 'string') return { bucket, region };
  if (bucket !== undefined) throw new UsageError('--bucket needs --region.', EXAMPLE);
  const { places } = await loadPolicies(context.files, String(policies), {
    instead: WITHOUT_POLICIES,
  });
  const place = places.find((one) => one.app === app);
  if (place !== undefined) return { bucket: place.bucket, region: place.region };
  throw new UsageError(
    `No policy says where ${app}/... is.`,
    'Say where its record is: --bucket <bucket> --region <region>',
  );
}
