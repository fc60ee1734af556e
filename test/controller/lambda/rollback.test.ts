import { describe, expect, it } from 'vitest';
import { renderRequest, type RollbackRequest } from '../../../controller/core/fast-lane/request.ts';
import { parseReplies, renderReplies } from '../../../controller/core/fast-lane/reply.ts';
import { createHandler } from '../../../controller/lambda/handler.ts';
import { createLog, type LogLine } from '../../../controller/lambda/log.ts';
import { rolling } from '../../fakes/rolling.ts';
import { GROUP, LAMBDA_GROUP, type World } from '../../fakes/world.ts';
import { copyOf } from './copy.ts';

const ASKED: RollbackRequest = {
  bucket: 'builds',
  region: 'us-east-1',
  app: 'shop',
  environment: 'prod',
  to: undefined,
  reason: 'wrong prices',
  by: 'ada',
};

/** What `headgate rollback --via` gets, over the text that Lambda carries each way. */
async function ask(world: World, changes: Partial<RollbackRequest> = {}) {
  const lines: LogLine[] = [];
  const log = createLog((line) => lines.push(JSON.parse(line) as LogLine));
  const context = { ...world.context(), policyCopies: () => copyOf(undefined) };
  const call = createHandler({ context, log });
  const event = JSON.parse(renderRequest({ ...ASKED, ...changes })) as unknown;
  const output = JSON.parse(JSON.stringify(await call(event))) as unknown;
  return { replies: parseReplies(output) ?? [], output, lines };
}

describe.each([GROUP, LAMBDA_GROUP])('a person who asks the fast lane ($runtime)', (group) => {
  it('gets stable back, and is named in the history and the log', async () => {
    const world = await rolling(group);
    const { replies, lines } = await ask(world);
    expect(replies).toMatchObject([{ subject: 'shop/prod', outcome: 'rolled-back', exitCode: 5 }]);
    expect(renderReplies(replies)).toContain('shop/prod  rolled back: ');
    expect(renderReplies(replies)).toContain('  wrong prices');
    expect(world.storedRecord).toMatchObject({ phase: 'held', hold: { build: { build: '2' } } });
    expect(world.activeBuild).toBe('1');
    expect(world.storedRecord?.last.by).toBe('ada, through the fast lane');
    expect(lines).toMatchObject([{ level: 'warning', by: 'ada', outcome: 'rolled-back' }]);
  });

  it.each([
    ['the build that is going out', '2', '"2" was never stable'],
    ['a build that was never stable', '3', '"3" was never stable'],
  ])('can go forward to nothing: not to %s', async (_what, to, why) => {
    const world = await rolling(group);
    const { replies } = await ask(world, { to });
    expect(replies).toMatchObject([{ outcome: 'refused', exitCode: 3 }]);
    expect(renderReplies(replies)).toContain(why);
    expect(world.writes).toEqual([]);
  });

  it('nor to the one that was rolled back', async () => {
    const world = await rolling(group);
    await ask(world);
    world.writes = [];
    const { replies } = await ask(world, { to: '2' });
    expect(replies).toMatchObject([{ outcome: 'refused', exitCode: 3 }]);
    expect((await ask(world)).replies).toMatchObject([{ outcome: 'refused', exitCode: 3 }]);
    expect(world.writes).toEqual([]);
  });
});

it.each([
  ['two lines as a reason', { reason: 'a\nb' }],
  ['nobody', { by: '' }],
  ['another folder as a build', { to: '../1' }],
])('%s is no question', async (_what, changes) => {
  const world = await rolling(GROUP);
  const { replies, output } = await ask(world, changes);
  expect(replies).toEqual([]);
  expect(output).toMatchObject({ answers: [{ outcome: 'refused' }] });
});
