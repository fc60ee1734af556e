import { describe, expect, it } from 'vitest';
import { composeEdge } from '../../../edge/build.ts';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import { readToken } from '../../../edge/core/token.ts';
import type { TokenKind } from '../../../edge/core/token.ts';
import { toRequestEvent } from '../../vectors/cloudfront-event.ts';
import type { Output } from '../../vectors/cloudfront-event.ts';
import { HOST } from '../../vectors/edge.ts';
import { listEngines, runBatch } from '../../vectors/engines.ts';
import {
  closed,
  isTaken,
  kindCases,
  misjudged,
  present,
  replayedSessions,
} from '../../vectors/token-kinds.ts';
import { keys, NOW, ring } from '../../vectors/tokens.ts';

const toEvent = (kind: TokenKind, text: string, host = HOST) =>
  toRequestEvent(present(kind, text), host);

describe('previews, priority and sessions', () => {
  it('are a table of every bit and every length of each kind', () => {
    for (const kind of ['p', 'v', 's'] as const) {
      const own = kindCases.filter((one) => one.kind === kind);
      const [valid = { text: '' }] = own;
      expect(valid.text.length).toBeGreaterThan(60);
      expect(own.length).toBe(2 + 6 + 13 + valid.text.length * 9);
      expect(new Set(own.map(({ text }) => text)).size).toBe(own.length);
    }
  });

  it('core: count for what they were signed for, and for nothing else', () => {
    const bearer = { now: NOW, keys };
    expect(misjudged(({ kind, text }) => readToken(text, kind, bearer) !== undefined)).toEqual([]);
  });

  it.each(listEngines())(
    'the bundle of all features in %s: count for what they were signed for, and for nothing else',
    async (_name, run) => {
      const { request } = await composeEdge(EDGE_FEATURES);
      const { outputs } = await runBatch(run, withFloor(request.code, {}), {
        store: { [HOST]: JSON.stringify(closed), 'keys/shop/prod': JSON.stringify(ring) },
        failures: {},
        events: kindCases.map(({ kind, text }) => toEvent(kind, text)),
        now: NOW,
      });
      expect(misjudged(({ kind }, index) => isTaken(kind, outputs[index] as Output))).toEqual([]);
    },
  );
});

describe('a session replayed in another environment', () => {
  const hostOf = (place: string) => `${place.replace('/', '.')}.example.com`;
  // Every place has the same gate, and keys of its own.
  const store = Object.fromEntries(
    replayedSessions.flatMap(({ place, signer }) => {
      const [app = '', env = ''] = place.split('/');
      return [
        [hostOf(place), JSON.stringify({ ...closed, app, env })],
        [`keys/${place}`, JSON.stringify(signer.ring)],
      ];
    }),
  );
  const pairs = replayedSessions.flatMap(({ place: from, text }) =>
    replayedSessions.map(({ place: at }) => ({ from, at, text })),
  );

  it.each(listEngines())('is refused, by the bundle in %s', async (_name, run) => {
    const { request } = await composeEdge(EDGE_FEATURES);
    const { outputs } = await runBatch(run, withFloor(request.code, {}), {
      store,
      failures: {},
      events: pairs.map(({ at, text }) => toEvent('s', text, hostOf(at))),
      now: NOW,
    });
    const got = pairs.map(({ from, at }, index) => [
      `${from} at ${at}`,
      'uri' in (outputs[index] as Output),
    ]);
    expect(got).toEqual(pairs.map(({ from, at }) => [`${from} at ${at}`, from === at]));
  });
});
