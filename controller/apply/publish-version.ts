import { withFloor } from '../../edge/contract/floor.ts';
import { lambdaGoldenCases } from '../core/plan/lambda-golden.ts';
import { ConflictError, RefusedError } from '../core/errors.ts';
import type { PublishVersion } from '../core/plan/change.ts';
import { publishedKey } from '../core/state/code-record.ts';
import type { CodeArchive } from '../ports/edge-code.ts';
import type { Context } from '../ports/context.ts';
import type { LambdaDraft } from '../ports/lambda-code.ts';
import { composeLambda } from '../read/compose-group.ts';
import { readArchived } from './read-archived.ts';

/**
 * Archive by hash, stage, run with golden events, publish a numbered version. Visitors get it when
 * behaviours are associated with it. Code that was quiet before is not tested again: nothing may stop
 * its return.
 */
export async function publishVersion(
  change: PublishVersion,
  context: Context,
  isTested: boolean,
): Promise<void> {
  const { name, role, hash, hosts } = change;
  const { lambdaCode, terminal } = context;
  const archive = context.archive(change.archive);
  const code = withFloor(await findCode(change, context), hosts);
  // So that what runs can be read back: Lambda's own copy is behind an address that is made anew each time.
  const digest = await lambdaCode.digest(code);
  await keep(archive, publishedKey(digest), code);
  const draft: LambdaDraft = { name, role, code, description: `headgate ${hash}` };
  terminal.progress(`edge group ${change.group}: staging function ${name}`);
  await lambdaCode.stage(draft);
  if (isTested) await testGolden(change, context);
  const version = await lambdaCode.publish(draft);
  if (version.codeSha256 === digest) return;
  throw new ConflictError(
    `The function ${name} is not what was just published: another run published it too.`,
  );
}

async function findCode(change: PublishVersion, context: Context): Promise<string> {
  const { hash, source } = change;
  if (source === undefined) return readArchived(change, context);
  const { code, hash: composed } = await composeLambda(context, source);
  if (composed !== hash) {
    throw new ConflictError(
      `The edge code's source changed since the plan: it has hash ${composed}, planned was ${hash}.`,
    );
  }
  await keep(context.archive(change.archive), hash, code);
  return code;
}

async function keep(archive: CodeArchive, hash: string, code: string): Promise<void> {
  if (!(await archive.has(hash))) await archive.write(hash, code);
}

async function testGolden({ name, source }: PublishVersion, context: Context): Promise<void> {
  const cases = lambdaGoldenCases(source?.features ?? []);
  const failures: string[] = [];
  for (const golden of cases) {
    const outcome = await context.lambdaCode.invoke(name, golden.event);
    const problem = outcome.error ?? golden.check(outcome.output);
    if (problem !== undefined) failures.push(`${golden.name}: ${problem}`);
  }
  if (failures.length === 0) return;
  throw new RefusedError(
    `The new edge code of ${name} fails ${failures.length} of ${cases.length} golden tests and was not published: ${failures.join('; ')}`,
    'What visitors get is unchanged. If you did not change edge/, report this.',
  );
}
