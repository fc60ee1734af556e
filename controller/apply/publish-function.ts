import { withFloor } from '../../edge/contract/floor.ts';
import { goldenCasesOf } from '../../edge/contract/golden.ts';
import { ConflictError, RefusedError } from '../core/errors.ts';
import type { PublishFunction } from '../core/plan/change.ts';
import type { Context } from '../ports/context.ts';
import { composeGroup } from '../read/compose-group.ts';
import { readArchived } from './read-archived.ts';
import { ATTEMPTS, pauseBefore } from './retry.ts';

/**
 * Archive by hash, stage, test with golden events on the reserved key, publish, read back. Code that
 * was live and quiet before is not tested again: nothing may stop its return.
 */
export async function publishFunction(
  change: PublishFunction,
  context: Context,
  isTested: boolean,
): Promise<void> {
  const { name, role, hash, floor, store } = change;
  const code = await findCode(change, context);
  const published = floor === undefined ? code : withFloor(code, floor);
  const comment = `headgate ${role} ${hash}`;
  const revision = await context.edgeCode.stage({ name, code: published, comment, store });
  if (isTested) await testGolden(change, revision, context);
  await context.edgeCode.publish(name, revision);
  const live = await context.edgeCode.readLive(name);
  if (live?.code !== published) {
    throw new ConflictError(
      `The function ${name} is not what was just published: another run published it too.`,
    );
  }
}

async function findCode(change: PublishFunction, context: Context): Promise<string> {
  const { role, hash, source } = change;
  if (source === undefined) return readArchived(change, context);
  const bundle = await composeGroup(context, source.features, source.before);
  const { code, hash: composed } = bundle[role];
  if (composed !== hash) {
    throw new ConflictError(
      `The edge code's source changed since the plan: it has hash ${composed}, planned was ${hash}.`,
    );
  }
  const archive = context.archive(change.archive);
  if (!(await archive.has(hash))) await archive.write(hash, code);
  return code;
}

/** Retried, because the golden route may have been written a moment ago and still be on its way. */
async function testGolden(
  { name, role, source }: PublishFunction,
  revision: string,
  context: Context,
): Promise<void> {
  const cases = goldenCasesOf(source?.features ?? []).filter((golden) => golden.function === role);
  let failures: readonly string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS.rollback; attempt++) {
    await pauseBefore(attempt, context.clock);
    failures = [];
    for (const golden of cases) {
      const outcome = await context.edgeCode.test(name, revision, golden.event);
      const problem = outcome.error ?? golden.check(outcome.output);
      if (problem !== undefined) failures = [...failures, `${golden.name}: ${problem}`];
    }
    if (failures.length === 0) return;
  }
  throw new RefusedError(
    `The new edge code of ${name} fails ${failures.length} of ${cases.length} golden tests and was not published: ${failures.join('; ')}`,
    'The published code is unchanged. If you did not change edge/, report this.',
  );
}
