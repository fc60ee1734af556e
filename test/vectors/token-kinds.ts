import { deriveKeys } from '../../controller/core/tokens/derived-keys.ts';
import { mac } from '../../controller/core/tokens/mac.ts';
import type { Route } from '../../edge/contract/route.ts';
import type { TokenKeys, TokenKind, TokenToSign } from '../../edge/core/token.ts';
import type { Output } from './cloudfront-event.ts';
import { route } from './edge.ts';
import type { EdgeRequest } from './edge.ts';
import { gate } from './gate.ts';
import { keys, MASTERS, NOW, sign } from './tokens.ts';

/** What one visitor must not make of a token, the same for all kinds. */

export interface KindCase {
  readonly name: string;
  readonly kind: TokenKind;
  readonly text: string;
  readonly passes: boolean;
}

const KINDS: readonly TokenKind[] = ['p', 'v', 's'];

/** Fields of a token that counts, and of one that counts for something else. */
const FIELDS: Readonly<Record<TokenKind, { readonly own: string[]; readonly other: string[] }>> = {
  p: { own: ['1050'], other: ['1051'] },
  v: { own: ['3', 'ada'], other: ['4', 'eve'] },
  s: { own: ['5', String(NOW - 60)], other: ['6', String(NOW - 61)] },
};

/** The keys of another place, whose masters are the same: only the place differs. */
const keysOf = (app: string, environment: string, masters = MASTERS): TokenKeys => ({
  scope: `${app}~${environment}`,
  ring: deriveKeys(masters, { app, environment }),
  mac,
});
/** The keys of one place that signs for another. */
const forging = (signer: TokenKeys, scope: string): TokenKeys => ({ ...signer, scope });

const token = (kind: TokenKind, fields = FIELDS[kind].own, expiry = NOW + 60): TokenToSign => ({
  kind,
  fields,
  expiry,
});

const splitMac = (text: string) => {
  const at = text.lastIndexOf('~') + 1;
  return [text.slice(0, at), text.slice(at)] as const;
};

const names: Readonly<Record<TokenKind, string>> = { p: 'preview', v: 'priority', s: 'session' };

function listForeign(kind: TokenKind): readonly (readonly [name: string, text: string])[] {
  const { own, other } = FIELDS[kind];
  const mine = sign(token(kind));
  const others = sign(token(kind, other));
  const [body] = splitMac(mine);
  const [, otherMac] = splitMac(others);
  const late = sign(token(kind, own, NOW - 1));
  return [
    ...KINDS.filter((one) => one !== kind).flatMap(
      (one) =>
        [
          [`a ${names[one]} with these fields`, sign(token(one, own))] as const,
          [`a ${names[one]} by its label`, sign(token(one, own)).replace(`~${one}~`, `~${kind}~`)],
          [`its own, labelled ${names[one]}`, mine.replace(`~${kind}~`, `~${one}~`)] as const,
        ] as const,
    ),
    ['replayed from another app', sign(token(kind), keysOf('cart', 'prod'))],
    ['replayed from another environment', sign(token(kind), keysOf('shop', 'staging'))],
    [
      'of another app, for this one',
      sign(token(kind), forging(keysOf('cart', 'prod'), keys.scope)),
    ],
    [
      'of another environment, for this one',
      sign(token(kind), forging(keysOf('shop', 'staging'), keys.scope)),
    ],
    ['of this one, for another environment', sign(token(kind), forging(keys, 'shop~staging'))],
    [`of another ${names[kind]}, its fields changed`, body + otherMac],
    [
      `of another ${names[kind]}, its last field changed`,
      others.replace(`~${other.at(-1)}~`, `~${own.at(-1)}x~`),
    ],
    ['forged', sign(token(kind), keysOf('shop', 'prod', [{ kid: 'k2', secret: 'guess' }]))],
    ['of a retired key', sign(token(kind), keysOf('shop', 'prod', [{ kid: 'k0', secret: 'old' }]))],
    ['expired this second', sign(token(kind, own, NOW))],
    ['expired', late],
    ['expired, its expiry moved', late.replace(`~${NOW - 1}~`, `~${NOW + 60}~`)],
    ['its expiry moved', mine.replace(`~${NOW + 60}~`, `~${NOW + 86_400}~`)],
  ];
}

function listDamaged(kind: TokenKind): readonly (readonly [name: string, text: string])[] {
  const mine = sign(token(kind));
  const flipped = Array.from({ length: mine.length * 8 }, (_, bit) => {
    const at = bit >> 3;
    const code = mine.charCodeAt(at) ^ (1 << (bit & 7));
    const text = mine.slice(0, at) + String.fromCharCode(code) + mine.slice(at + 1);
    return [`bit ${bit & 7} of character ${at} flipped`, text] as const;
  });
  const truncated = Array.from(
    { length: mine.length },
    (_, length) => [`its first ${length} characters`, mine.slice(0, length)] as const,
  );
  return [...flipped, ...truncated];
}

/** None of them is what it says, for shop in prod, now. */
const refused: readonly KindCase[] = KINDS.flatMap((kind) =>
  [...listForeign(kind), ...listDamaged(kind)].map(([name, text]) => ({
    name: `${names[kind]}: ${name}`,
    kind,
    text,
    passes: false,
  })),
);

const accepted: readonly KindCase[] = KINDS.flatMap((kind) =>
  [keys, keysOf('shop', 'prod', MASTERS.slice(1))].map((signer, index) => ({
    name: `${names[kind]}: by live key ${index}`,
    kind,
    text: sign(token(kind), signer),
    passes: true,
  })),
);

export const kindCases: readonly KindCase[] = [...accepted, ...refused];

/** The same session everywhere but at home, by the name of the place that signed it. */
export const replayedSessions = [
  ['shop', 'prod'],
  ['shop', 'staging'],
  ['shop', 'preview'],
  ['cart', 'prod'],
  ['sho', 'pprod'],
].map(([app = '', environment = '']) => ({
  place: `${app}/${environment}`,
  signer: keysOf(app, environment),
  text: sign(token('s'), keysOf(app, environment)),
}));

const COOKIES = { p: 'hg_preview', v: 'hg_priority', s: '__Host-hg_admit' } as const;

/** Nobody gets in, or sees another build, without a token. */
export const closed: Route = { ...route, preview: 'signed', gate: { ...gate, open: 0 } };

/** Presents it where it would count. */
export const present = (kind: TokenKind, text: string): EdgeRequest => ({
  path: kind === 'p' ? '/data.json' : '/shop/data.json',
  headers: { 'sec-fetch-mode': 'cors' },
  cookies: { hg_slot: '0', [COOKIES[kind]]: text },
});

/** Whether it was taken for what its cookie says; what else can happen is named. */
export function isTaken(kind: TokenKind, output: Output): boolean | string {
  const got = 'uri' in output ? output.uri : String(output.statusCode);
  if (kind === 'p') {
    return got === '/shop/builds/1050/data.json' || (got !== '/shop/builds/1042/data.json' && got);
  }
  return got === '/shop/builds/1042/shop/data.json' || (got !== '429' && got);
}

/** Names of the cases that `judge` got wrong. */
export const misjudged = (judge: (one: KindCase, index: number) => boolean | string) =>
  kindCases.flatMap((one, index) => {
    const taken = judge(one, index);
    return taken === one.passes ? [] : [`${one.name}: ${taken}`];
  });
