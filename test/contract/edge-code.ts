import { expect, it } from 'vitest';
import type { EdgeCode } from '../../controller/ports/edge-code.ts';

const EVENT = {
  version: '1.0',
  context: { eventType: 'viewer-request' },
  viewer: { ip: '192.0.2.1' },
  request: { method: 'GET', uri: '/', querystring: {}, headers: {}, cookies: {} },
};

function respond(uri: string): string {
  return `function handler(event) { console.log('seen'); event.request.uri = '${uri}'; return event.request; }`;
}

/** What every EdgeCode does. `store`: the name of a KeyValueStore that functions may read. */
export function checkEdgeCode(open: () => { edgeCode: EdgeCode; store: string }): void {
  it('knows nothing of a function that does not exist or was never published', async () => {
    const { edgeCode } = open();
    expect(await edgeCode.readLive('headgate-none')).toBeUndefined();
    await edgeCode.stage({
      name: 'headgate-staged',
      code: respond('/a'),
      comment: 'a',
      store: undefined,
    });
    expect(await edgeCode.readLive('headgate-staged')).toBeUndefined();
  });

  it('stages, tests and publishes; only publishing changes what is live', async () => {
    const { edgeCode, store } = open();
    const draft = { name: 'headgate-request', code: respond('/one'), comment: 'one', store };
    const arn = await edgeCode.publish(draft.name, await edgeCode.stage(draft));
    expect(await edgeCode.readLive(draft.name)).toEqual({ code: draft.code, comment: 'one', arn });

    const next = { ...draft, code: respond('/two'), comment: 'two' };
    const revision = await edgeCode.stage(next);
    const outcome = await edgeCode.test(draft.name, revision, EVENT);
    expect(outcome).toMatchObject({ output: { request: { uri: '/two' } }, error: undefined });
    expect(outcome.logs.join()).toContain('seen');
    expect((await edgeCode.readLive(draft.name))?.comment).toBe('one');

    expect(await edgeCode.publish(draft.name, revision)).toBe(arn);
    expect((await edgeCode.readLive(draft.name))?.code).toBe(next.code);
  });

  it('leaves a development stage that is the same already', async () => {
    const { edgeCode, store } = open();
    const draft = { name: 'headgate-same', code: respond('/a'), comment: 'a', store };
    const revision = await edgeCode.stage(draft);
    expect(await edgeCode.stage(draft)).toBe(revision);
    expect(await edgeCode.stage({ ...draft, comment: 'b' })).not.toBe(revision);
  });

  it('reports a function that fails', async () => {
    const { edgeCode } = open();
    const code = 'function handler(event) { return nowhere; }';
    const draft = { name: 'headgate-broken', code, comment: '', store: undefined };
    const outcome = await edgeCode.test(draft.name, await edgeCode.stage(draft), EVENT);
    expect(outcome.output).toBeUndefined();
    expect(outcome.error).toContain('nowhere');
  });

  it('refuses to publish a stage that someone else changed', async () => {
    const { edgeCode } = open();
    const draft = {
      name: 'headgate-raced',
      code: respond('/ours'),
      comment: 'ours',
      store: undefined,
    };
    const revision = await edgeCode.stage(draft);
    await edgeCode.stage({ ...draft, code: respond('/theirs') });
    await expect(edgeCode.publish(draft.name, revision)).rejects.toMatchObject({ exitCode: 4 });
  });
}
