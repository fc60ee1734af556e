import { describe, expect, it } from 'vitest';
import { rollback } from '../../../controller/commands/rollback.ts';
import { HeadgateError } from '../../../controller/core/errors.ts';
import { readRun } from '../../../controller/core/github/run.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { rolling } from '../../fakes/rolling.ts';
import { World } from '../../fakes/world.ts';

const PLACE = { bucket: 'builds', region: 'us-east-1' };

interface Given {
  readonly positionals?: readonly string[];
  readonly values?: Readonly<Record<string, string>>;
}

/** `headgate rollback --event` in a run of that event; undefined: outside of GitHub Actions. */
async function run(world: World, name: string | undefined, event: object, given: Given = {}) {
  const env = { GITHUB_REPOSITORY: 'acme/releases', GITHUB_EVENT_NAME: name };
  const context: Context = world.context();
  const surroundings = {
    ...context.surroundings,
    github: async () => (name === undefined ? undefined : readRun(env, event)),
  };
  const values = { event: true, reason: 'asked for by hand', ...PLACE, ...given.values };
  const args = { positionals: given.positionals ?? [], values };
  try {
    return { code: await rollback.run(args, { ...context, surroundings }), said: '' };
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    return { code: error.exitCode, said: `${error.message}\nnext: ${error.next}` };
  }
}

describe('rollback --event', () => {
  it.each([
    ['workflow_dispatch', 'inputs', { to: '' }],
    ['repository_dispatch', 'client_payload', {}],
  ])('rolls back what a %s names, with its reason', async (name, field, more) => {
    const world = await rolling();
    const asked = { app: 'shop', environment: 'prod', reason: 'wrong `prices` $(date)', ...more };
    // 5 would be a failed job, of a run that did what it was asked.
    expect(await run(world, name, { [field]: asked })).toEqual({ code: 0, said: '' });
    expect(world.route?.canary).toBeUndefined();
    expect(world.storedRecord?.last).toMatchObject({ evidence: ['wrong `prices` $(date)'] });
  });

  it('goes back to a build, and takes a number as a build number', async () => {
    const world = await rolling();
    const asked = { app: 'shop', environment: 'prod', to: 999 };
    const { code, said } = await run(world, 'repository_dispatch', { client_payload: asked });
    expect(code).toBe(3);
    expect(said).toContain('999');
  });

  const sound = { app: 'shop', environment: 'prod' };
  it.each<[string, object, RegExp]>([
    ['nothing', {}, /app is missing; environment is missing/],
    ['no app', { environment: 'prod' }, /app is missing\./],
    ['an app that is none', { ...sound, app: '../shop' }, /app "\.\.\/shop" is not an app name/],
    ['an option', { ...sound, environment: '--to=1' }, /environment "--to=1" is not/],
    ['a script', { ...sound, to: '1; rm -rf /' }, /to "1; rm -rf \/" is not a build number/],
    ['a list', { ...sound, app: ['shop'] }, /app is missing/],
    ['a misspelt field', { ...sound, build: '1041' }, /"build" is nothing that a rollback takes/],
    ['two lines', { ...sound, reason: 'a\n::error::b' }, /reason is more than one line/],
    ['a novel', { ...sound, reason: 'x'.repeat(201) }, /reason is longer than 200 characters/],
    ['a very long name', { ...sound, app: 'x'.repeat(5000) }, /^[^]{0,400}$/],
  ])('refuses %s, and writes nothing', async (_what, payload, says) => {
    const world = await rolling();
    const writes = world.writes.length;
    const event = { client_payload: payload };
    const { code, said } = await run(world, 'repository_dispatch', event);
    expect(code).toBe(2);
    expect(said).toMatch(says);
    expect(world.writes).toHaveLength(writes);
  });

  it('is refused outside of such a run, and beside names on the command line', async () => {
    const world = await rolling();
    expect((await run(world, undefined, {})).said).toMatch(/--event needs .*GITHUB_REPOSITORY/);
    const push = await run(world, 'push', { inputs: sound });
    expect(push).toEqual({ code: 2, said: expect.stringContaining('this run is of push') });
    const both = await run(
      world,
      'workflow_dispatch',
      { inputs: sound },
      { positionals: ['shop'] },
    );
    expect(both.said).toContain('come from the event');
    const to = await run(world, 'workflow_dispatch', { inputs: sound }, { values: { to: '1' } });
    expect(to.said).toContain('come from the event');
  });
});
