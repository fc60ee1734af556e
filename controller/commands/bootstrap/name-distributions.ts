import { nameDistribution } from '../../core/deployment/name-distribution.ts';
import type { NamedDistribution } from '../../core/deployment/report.ts';
import { UsageError } from '../../core/errors.ts';
import { distributionOutput } from '../../core/infrastructure/names.ts';
import { idOfEnvironment, placeOf } from '../../core/infrastructure/scope.ts';
import type { Policies } from '../../core/policy/policy.ts';
import { subjectsOf } from '../../core/policy/subjects.ts';
import type { Context } from '../../ports/context.ts';

/** Writes the ids of the stack's distributions into the policies, where they are missing or others. */
export async function nameDistributions(
  policies: Policies,
  outputs: Readonly<Record<string, string>>,
  { files }: Pick<Context, 'files'>,
): Promise<readonly NamedDistribution[]> {
  const named: NamedDistribution[] = [];
  for (const subject of subjectsOf(policies)) {
    const id = outputs[distributionOutput(placeOf(subject))];
    if (id === undefined) continue;
    const { file } = subject.app;
    // Read again: a deployment takes minutes, in which people edit.
    const text = await files.readText(file);
    if (text === undefined) throw new UsageError(`${file} is gone.`, 'Restore it from git.');
    const result = nameDistribution(text, subject.environment.name, id);
    if (result.kind === 'written') await files.writeText(file, result.text);
    const why = result.kind === 'unclear' ? { why: result.why } : {};
    named.push({ kind: result.kind, subject: idOfEnvironment(subject), file, id, ...why });
  }
  return named;
}
