import { deriveKeys } from '../../controller/core/tokens/derived-keys.ts';
import { mac } from '../../controller/core/tokens/mac.ts';
import { signToken } from '../../edge/core/token.ts';
import type { KeyRing, TokenKeys, TokenToSign } from '../../edge/core/token.ts';

/** Tokens, and every way of having none. The same table runs against the core and against the bundles. */

/** Seconds; the bundles' clocks are set to it. */
export const NOW = 1_790_000_000;

/** Newest first; both are live. */
export const MASTERS = [
  { kid: 'k2', secret: 'second master' },
  { kid: 'k1', secret: 'first master' },
];
const OTHER_MASTERS = MASTERS.map(({ kid }) => ({ kid, secret: 'forged' }));

const derive = (app: string, environment: string, masters = MASTERS): KeyRing =>
  deriveKeys(masters, { app, environment });

export const ring = derive('shop', 'prod');
export const keys: TokenKeys = { scope: 'shop~prod', ring, mac };

export function sign(token: TokenToSign, signers: TokenKeys = keys): string {
  const text = signToken(token, signers);
  if (text === undefined) throw new Error('the vectors have keys');
  return text;
}

const preview = (build: string, expiry = NOW + 60): TokenToSign => ({
  kind: 'p',
  fields: [build],
  expiry,
});

/** A valid preview of build 1050. */
export const PREVIEW = sign(preview('1050'));
const OF_OTHER_BUILD = sign(preview('1042'));

/** Signed with the key that is being replaced. */
export const OLDER_PREVIEW = sign(preview('1050'), {
  ...keys,
  ring: derive('shop', 'prod', MASTERS.slice(1)),
});

export interface RefusedToken {
  readonly name: string;
  readonly text: string;
}

const MAC = PREVIEW.slice(PREVIEW.lastIndexOf('~') + 1);
const BODY = PREVIEW.slice(0, -MAC.length);

/** `body` up to its last separator, with a mac by somebody who has the key. */
const macced = (body: string, key = ring['k2']?.p ?? ''): string =>
  `${body}~${mac(key, `headgate~shop~prod~${body}~`)}`;
const text = (name: string, value: string): RefusedToken => ({ name, text: value });

const foreign: readonly RefusedToken[] = [
  ['another kind', sign({ kind: 'v', fields: ['1050'], expiry: NOW + 60 })],
  ['another kind with as many fields', sign({ kind: 's', fields: ['1050'], expiry: NOW + 60 })],
  ['another kind, relabelled', sign({ ...preview('1050'), kind: 'v' }).replace('~v~', '~p~')],
  [
    'another app',
    sign(preview('1050'), { ...keys, scope: 'cart~prod', ring: derive('cart', 'prod') }),
  ],
  [
    'another environment',
    sign(preview('1050'), { ...keys, scope: 'shop~staging', ring: derive('shop', 'staging') }),
  ],
  ['another scope by the right key', sign(preview('1050'), { ...keys, scope: 'shop~staging' })],
  [
    'the right scope by the key of another',
    sign(preview('1050'), { ...keys, ring: derive('shop', 'x') }),
  ],
  [
    'an app and an environment cut elsewhere',
    sign(preview('1050'), { ...keys, scope: 'sho~pprod' }),
  ],
  ['another build', OF_OTHER_BUILD.replace('~1042~', '~1050~')],
  ['the mac of another build', BODY + OF_OTHER_BUILD.slice(OF_OTHER_BUILD.lastIndexOf('~') + 1)],
  ['a forged key', sign(preview('1050'), { ...keys, ring: derive('shop', 'prod', OTHER_MASTERS) })],
  ['a key that is no longer live', macced(`1~p~k0~1050~${NOW + 60}`)],
  ['the other live key by name', PREVIEW.replace('~k2~', '~k1~')],
  ['a key of every object', macced(`1~p~constructor~1050~${NOW + 60}`)],
  ['the prototype for a key', macced(`1~p~__proto__~1050~${NOW + 60}`)],
  ['no key', macced(`1~p~~1050~${NOW + 60}`)],
  ['an empty mac key', macced(`1~p~k0~1050~${NOW + 60}`, '')],
].map(([name = '', value = '']) => text(name, value));

const malformed: readonly RefusedToken[] = [
  ['another version', macced(`2~p~k2~1050~${NOW + 60}`)],
  ['no version', macced(`~p~k2~1050~${NOW + 60}`)],
  ['no kind', macced(`1~~k2~1050~${NOW + 60}`)],
  ['a key name of 65 characters', macced(`1~p~${'k'.repeat(65)}~1050~${NOW + 60}`)],
  ['a space in front', ` ${PREVIEW}`],
  ['a space behind', `${PREVIEW} `],
  ['a line break behind', `${PREVIEW}\n`],
  ['quotes', `"${PREVIEW}"`],
  ['one more separator', `${PREVIEW}~`],
  ['padding', `${PREVIEW}=`],
  ['the alphabet of plain base64', PREVIEW.replaceAll('-', '+').replaceAll('_', '/') + '='],
  ['capitals', PREVIEW.toUpperCase()],
  ['twice', PREVIEW + PREVIEW],
  ['another mac behind', `${PREVIEW}~${MAC}`],
  ['no mac', BODY],
  ['a mac of nothing', `${BODY}${mac(ring['k2']?.p ?? '', '')}`],
  ['something huge', `1~p~k2~${'1~'.repeat(4000)}`],
  ['separators only', '~~~~~'],
  ['its beginning', '1~p~'],
  ['a plain build number', '1050'],
].map(([name = '', value = '']) => text(name, value));

const expired: readonly RefusedToken[] = [
  ['just expired', sign(preview('1050', NOW))],
  ['long expired', sign(preview('1050', NOW - 86_400))],
  [
    'an expiry moved by its holder',
    sign(preview('1050', NOW - 1)).replace(`${NOW - 1}`, `${NOW + 9}`),
  ],
  ['no expiry', macced('1~p~k2~1050~')],
  ['an expiry that is no number', macced('1~p~k2~1050~never')],
  ['a negative expiry', macced(`1~p~k2~1050~-${NOW + 60}`)],
].map(([name = '', value = '']) => text(name, value));

const truncated = Array.from({ length: PREVIEW.length }, (_, length) =>
  text(`the first ${length} characters`, PREVIEW.slice(0, length)),
);

const flipped = Array.from({ length: PREVIEW.length * 8 }, (_, bit) => {
  const at = bit >> 3;
  const code = PREVIEW.charCodeAt(at) ^ (1 << (bit & 7));
  const flip = PREVIEW.slice(0, at) + String.fromCharCode(code) + PREVIEW.slice(at + 1);
  return text(`bit ${bit & 7} of character ${at} flipped`, flip);
});

/** By somebody who has the key: tokens, but of no build that could be shown. */
export const oddTokens: readonly RefusedToken[] = [
  ['a field of 65 characters', macced(`1~p~k2~${'1'.repeat(65)}~${NOW + 60}`)],
  ['a slash in a field', macced(`1~p~k2~../1~${NOW + 60}`)],
  ['a line break in a field', macced(`1~p~k2~1050\n~${NOW + 60}`)],
  ['a letter beyond ASCII in a field', macced(`1~p~k2~\u017f1~${NOW + 60}`)],
  ['a percent sign in a field', macced(`1~p~k2~10%350~${NOW + 60}`)],
  ['an untrusted build', macced(`1~p~k2~pr-7~${NOW + 60}`)],
].map(([name = '', value = '']) => text(name, value));

/** None of them is a preview of 1050 for shop in prod, now. */
export const refusedTokens: readonly RefusedToken[] = [
  ...foreign,
  ...malformed,
  ...expired,
  ...truncated,
  ...flipped,
];
