import { ConflictError } from '../core/errors.ts';
import type { WriteParameter } from '../core/plan/change.ts';
import { activeBuildOf, parseRoute } from '../core/state/route.ts';
import type { Context } from '../ports/context.ts';
import { ATTEMPTS, pauseBefore } from './retry.ts';

/**
 * SSM has no conditional write. The version must have grown by exactly one; if it grew by more,
 * someone wrote in between and our value may have covered theirs: what the edge serves decides.
 */
export async function writeParameter(change: WriteParameter, context: Context): Promise<void> {
  const { region, name, value, version: before } = change;
  if (before !== undefined) {
    const version = await context.parameters(region).write(name, value);
    if (version === before + 1) return;
  }
  await repairParameter(change, context);
}

async function repairParameter(change: WriteParameter, context: Context): Promise<void> {
  const { region, name, value } = change;
  const store = context.parameters(region);
  for (let attempt = 0; attempt < ATTEMPTS.forward; attempt++) {
    await pauseBefore(attempt, context.clock);
    const right = await readRightValue(change, context);
    const found = (await store.read([name])).get(name);
    const before = found?.version ?? 0;
    // Of another type: SSM would refuse it. Nobody had looked when the plan was made.
    if (found?.type !== undefined) return;
    if (found?.value !== right && (await store.write(name, right)) !== before + 1) continue;
    if (right === value) return;
    throw new ConflictError(
      `Another run released at the same time; the parameter ${name} was left as the edge serves it.`,
    );
  }
  throw new ConflictError(`The SSM parameter ${name} kept moving: gave up.`);
}

async function readServed(
  { served, region }: WriteParameter,
  context: Context,
): Promise<readonly string[]> {
  if ('store' in served) {
    return [...(await context.routes.read(served.store, served.hosts)).values.values()];
  }
  const found = await context.parameters(region).read([served.parameter]);
  return [...found.values()].map(({ value }) => value);
}

/** What this parameter must say, by the route that is live now. */
async function readRightValue(change: WriteParameter, context: Context): Promise<string> {
  const routes = (await readServed(change, context)).flatMap((text) => {
    const route = parseRoute(text);
    return route === undefined ? [] : [{ route, text }];
  });
  const [newest] = routes.toSorted((a, b) => b.route.gen - a.route.gen);
  if (newest === undefined) return change.value;
  return change.carries === 'route' ? newest.text : activeBuildOf(newest.route);
}
