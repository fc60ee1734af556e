import { ServiceError } from '../service.ts';
import { invalidArgument } from './call.ts';
import { childOf, itemsOf, textOf, textsOf, type XmlElement } from './xml.ts';

const DAY = 86_400;
const YEAR = 365 * DAY;

export function checkName(config: XmlElement): void {
  if ((textOf(config, 'Name') ?? '') === '') {
    throw invalidArgument('The parameter Name is missing.');
  }
}

export function checkCachePolicy(config: XmlElement): void {
  checkName(config);
  const minimum = Number(textOf(config, 'MinTTL') ?? Number.NaN);
  const preset = Number(textOf(config, 'DefaultTTL') ?? Math.max(DAY, minimum));
  const maximum = Number(textOf(config, 'MaxTTL') ?? Math.max(YEAR, preset));
  if (!(minimum >= 0)) throw invalidArgument('The parameter MinTTL is missing or negative.');
  if (!(minimum <= preset && preset <= maximum)) {
    const message = 'The TTLs must be in the order MinTTL <= DefaultTTL <= MaxTTL.';
    throw new ServiceError(400, 'InvalidTTLOrder', message);
  }
  const parameters = childOf(config, 'ParametersInCacheKeyAndForwardedToOrigin');
  for (const selection of SELECTIONS) checkSelection(parameters, selection, maximum === 0);
  const gzip = ['EnableAcceptEncodingGzip', 'EnableAcceptEncodingBrotli'];
  const compressed = gzip.find((name) => textOf(parameters, name) === 'true');
  if (maximum === 0 && compressed !== undefined) throw invalidWithoutCaching(compressed);
}

interface Selection {
  readonly one: string;
  readonly many: string;
  readonly behaviours: readonly string[];
}

const EVERY = ['none', 'whitelist', 'allExcept', 'all'];
const SELECTIONS: readonly Selection[] = [
  { one: 'Header', many: 'Headers', behaviours: ['none', 'whitelist'] },
  { one: 'Cookie', many: 'Cookies', behaviours: EVERY },
  { one: 'QueryString', many: 'QueryStrings', behaviours: EVERY },
];
/** Of headers, cookies and query strings each. */
const NAMES_LIMIT = 10;

function checkSelection(
  parameters: XmlElement,
  { one, many, behaviours }: Selection,
  isUncached: boolean,
): void {
  const config = childOf(parameters, `${many}Config`);
  const behaviour = textOf(config, `${one}Behavior`) ?? 'none';
  if (!behaviours.includes(behaviour)) {
    throw invalidArgument(`The parameter ${one}Behavior must be one of ${behaviours.join(', ')}.`);
  }
  if (behaviour === 'none') return;
  if (isUncached) throw invalidWithoutCaching(`${one}Behavior`);
  const names = textsOf(childOf(config, many), 'Name');
  if (names.length === 0 && behaviour !== 'all') {
    throw invalidArgument(`The parameter ${many} is missing: ${one}Behavior is ${behaviour}.`);
  }
  if (names.length <= NAMES_LIMIT) return;
  const message = `A cache policy has at most ${NAMES_LIMIT} ${many}.`;
  throw new ServiceError(400, `TooMany${many}InCachePolicy`, message);
}

function invalidWithoutCaching(parameter: string): ServiceError {
  return invalidArgument(`The parameter ${parameter} is invalid for policy with caching disabled.`);
}

/** Headers that have a place of their own in a policy, and what that is called. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': 'ContentSecurityPolicy',
  'referrer-policy': 'ReferrerPolicy',
  'strict-transport-security': 'StrictTransportSecurity',
  'x-content-type-options': 'ContentTypeOptions',
  'x-frame-options': 'FrameOptions',
  'x-xss-protection': 'XSSProtection',
};

/** The edge adds headers; what else a policy could do, it wouldn't: that is refused, not ignored. */
export function checkResponseHeadersPolicy(config: XmlElement): void {
  checkName(config);
  const known = ['Name', 'Comment', 'CustomHeadersConfig', 'SecurityHeadersConfig'];
  const other = Object.keys(config).find((name) => !known.includes(name));
  if (other !== undefined) throw invalidArgument(`The local cloud does not imitate ${other}.`);
  const custom = childOf(config, 'CustomHeadersConfig');
  for (const header of itemsOf(custom, 'ResponseHeadersPolicyCustomHeader')) {
    const name = (textOf(header, 'Header') ?? '').toLowerCase();
    if (!Object.hasOwn(SECURITY_HEADERS, name)) continue;
    throw invalidArgument(
      `The parameter CustomHeaders contains ${name} that is a security header and cannot be set as custom header.`,
    );
  }
  const security = childOf(config, 'SecurityHeadersConfig');
  for (const name of Object.keys(security)) {
    if (!Object.values(SECURITY_HEADERS).includes(name)) {
      throw invalidArgument(`There is no ${name} in SecurityHeadersConfig.`);
    }
    if (textOf(childOf(security, name), 'Override') === undefined) {
      throw invalidArgument(`The parameter Override of ${name} is missing.`);
    }
  }
}
