/** Rules for gates: one that holds nobody is a mistake. */
import type { Breach } from './breach.ts';
import { coversPattern } from './covers-pattern.ts';
import { parseSeconds } from './values.ts';
import type { EnvironmentEntry } from './written.ts';

type FindBreaches = (entry: EnvironmentEntry) => readonly Breach[];

export const GATE_RULES: readonly FindBreaches[] = [
  bypassesAreOneThing,
  bypassHeadersAreRare,
  priorityCookiesAreNotOurs,
  protectedPathsRunFunctions,
  exceptionsLeaveSome,
  capsAreLongerThanIdle,
];

const BYPASS_EXAMPLE = 'bypass: [{ path: /health }, { header: x-probe }]';

function bypassesAreOneThing({ written: { gate } }: EnvironmentEntry): readonly Breach[] {
  return (gate?.bypass ?? []).flatMap(({ path, header }, index) => {
    if ((path === undefined) !== (header === undefined)) return [];
    const message = `bypass[${index}]: a path or a header, and not both in one entry`;
    return [{ at: ['gate', 'bypass', index], message, example: BYPASS_EXAMPLE }];
  });
}

/** Sent by browsers and crawlers without being asked, or added by CloudFront. */
const USUAL_HEADERS =
  /^(host|user-agent|via|cookie|referer|origin|connection|keep-alive|cache-control|pragma|priority|range|te|dnt|upgrade|upgrade-insecure-requests|(accept|content|if)-.*|accept|(sec|cloudfront|x-forwarded|x-amz|x-headgate)-.*)$/i;

function bypassHeadersAreRare({ written: { gate } }: EnvironmentEntry): readonly Breach[] {
  return (gate?.bypass ?? []).flatMap(({ header }, index) => {
    if (header === undefined || !USUAL_HEADERS.test(header)) return [];
    const message = `bypass[${index}]: "${header}" is sent by usual clients or CloudFront, so the gate would hold nobody`;
    return [{ at: ['gate', 'bypass', index, 'header'], message, example: 'header: x-probe' }];
  });
}

/** The edge would read its own cookie as a token, or write over the token. */
function priorityCookiesAreNotOurs({ written: { gate } }: EnvironmentEntry): readonly Breach[] {
  const cookie = gate?.priority?.cookie ?? '';
  if (!isOwnCookie(cookie)) return [];
  const message = `cookie: "${cookie}" is of Headgate's own cookies (hg_..., __Host-hg_...)`;
  return [{ at: ['gate', 'priority', 'cookie'], message, example: 'cookie: shop_priority' }];
}

export function isOwnCookie(name: string): boolean {
  return /^(__(host|secure)-)?hg_/i.test(name);
}

/** Behaviours of pooled files run no function, so no gate stands before them. */
function protectedPathsRunFunctions({
  app: { pool },
  written: { gate },
}: EnvironmentEntry): readonly Breach[] {
  return (gate?.protect ?? []).flatMap((pattern, index) => {
    const pooled = pool.include.find((one) => coversPattern(one, pattern));
    const isTakenOut = pool.exclude.some(
      (one) => coversPattern(one, pattern) || coversPattern(pattern, one),
    );
    if (pooled === undefined || isTakenOut) return [];
    const message = `protect[${index}]: "${pattern}" is pooled (pool: include: ${pooled}), and pooled files pass no gate`;
    return [{ at: ['gate', 'protect', index], message, example: 'protect: [/shop/*]' }];
  });
}

function exceptionsLeaveSome({ written: { gate } }: EnvironmentEntry): readonly Breach[] {
  if (gate === undefined) return [];
  const { exclude, bypass, protect } = gate;
  const exceptions = [
    ...exclude.map((pattern, index) => ({ pattern, at: ['gate', 'exclude', index] })),
    ...bypass.map(({ path }, index) => ({ pattern: path, at: ['gate', 'bypass', index, 'path'] })),
  ];
  return exceptions.flatMap(({ pattern, at }) => {
    const undone =
      pattern === undefined ? [] : protect.filter((one) => coversPattern(pattern, one));
    if (undone.length === 0) return [];
    const message = `${at[1]}[${at[2]}]: "${pattern}" takes back all that protect says of ${undone.join(', ')}`;
    const example = at[1] === 'exclude' ? 'exclude: [/shop/help/*]' : 'path: /health';
    return [{ at, message, example }];
  });
}

function capsAreLongerThanIdle({ written: { gate } }: EnvironmentEntry): readonly Breach[] {
  if (gate === undefined || parseSeconds(gate.cap) >= parseSeconds(gate.idle)) return [];
  const message = `cap: ${gate.cap} is less than idle: ${gate.idle}, which would never end a session`;
  return [{ at: ['gate', 'cap'], message, example: `cap: ${gate.idle}` }];
}
