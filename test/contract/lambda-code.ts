import { expect, it } from 'vitest';
import type { LambdaCode } from '../../controller/ports/lambda-code.ts';

const ROLE = 'arn:aws:iam::000000000000:role/headgate-edge';

function respond(text: string): string {
  return `exports.handler = async (event) => ({ text: '${text}', event });`;
}

/** What every LambdaCode does. */
export function checkLambdaCode(open: () => LambdaCode): void {
  const draft = (name: string, text: string) => ({
    name,
    code: respond(text),
    role: ROLE,
    description: `headgate ${text}`,
  });

  it('knows nothing of a function that does not exist or was never published', async () => {
    const lambda = open();
    expect(await lambda.readLast('headgate-none')).toBeUndefined();
    await lambda.stage(draft('headgate-staged', 'a'));
    expect(await lambda.readLast('headgate-staged')).toBeUndefined();
  });

  it('stages, runs and publishes; only publishing makes a version', async () => {
    const lambda = open();
    const one = draft('headgate-one', 'one');
    await lambda.stage(one);
    const first = await lambda.publish(one);
    expect(first.arn).toMatch(/:function:headgate-one:1$/);
    expect(first).toMatchObject({ role: ROLE, isCurrent: true });
    expect(first.codeSha256).toBe(await lambda.digest(one.code));
    expect(await lambda.readLast(one.name)).toEqual(first);

    const two = draft('headgate-one', 'two');
    await lambda.stage(two);
    const { output, error } = await lambda.invoke(two.name, { of: 'the test' });
    expect({ output, error }).toEqual({
      output: { text: 'two', event: { of: 'the test' } },
      error: undefined,
    });
    expect(await lambda.readLast(two.name)).toEqual(first);
    const second = await lambda.publish(two);
    expect(second.arn).toMatch(/:2$/);
    expect(await lambda.readLast(two.name)).toEqual(second);
  });

  it('makes no further version of the same, and one of the same as another role', async () => {
    const lambda = open();
    const same = draft('headgate-same', 'same');
    for (let time = 0; time < 2; time++) {
      await lambda.stage(same);
      expect((await lambda.publish(same)).arn).toMatch(/:1$/);
    }
    const role = 'arn:aws:iam::000000000000:role/another';
    await lambda.stage({ ...same, role });
    expect(await lambda.publish({ ...same, role })).toMatchObject({
      arn: expect.stringMatching(/:2$/) as string,
      role,
    });
  });

  it('refuses to publish what another run staged meanwhile', async () => {
    const lambda = open();
    const mine = draft('headgate-race', 'mine');
    await lambda.stage(mine);
    await lambda.stage(draft('headgate-race', 'theirs'));
    await expect(lambda.publish(mine)).rejects.toMatchObject({ exitCode: 4 });
  });

  it('leaves a function alone that was not made for it', async () => {
    const lambda = open();
    const theirs = { ...draft('headgate-theirs', 'theirs'), description: 'resizes images' };
    await lambda.stage(theirs);
    await expect(lambda.stage(draft('headgate-theirs', 'mine'))).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('resizes images') as string,
    });
    expect(await lambda.invoke('headgate-theirs', {})).toMatchObject({
      output: { text: 'theirs' },
    });
  });

  it('tells what a handler threw, and one that returns nothing', async () => {
    const lambda = open();
    const failing = { ...draft('headgate-fails', ''), code: respond('') };
    await lambda.stage({
      ...failing,
      code: "exports.handler = async () => { throw new Error('boom'); };",
    });
    expect(await lambda.invoke(failing.name, {})).toEqual({ output: undefined, error: 'boom' });
    await lambda.stage({ ...failing, code: 'exports.handler = async () => {};' });
    expect((await lambda.invoke(failing.name, {})).error).toBe('it returned nothing');
  });
}
