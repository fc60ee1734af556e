import { SECURITY_HEADERS } from '../cloudfront/policy-rules.ts';
import { childOf, itemsOf, textOf, type XmlElement } from '../cloudfront/xml.ts';
import type { Headers } from './time-to-live.ts';

/** Adds the headers of a response headers policy; those without Override only where the origin says nothing. */
export function addPolicyHeaders(headers: Headers, config: XmlElement): Headers {
  const added: Record<string, string> = {};
  for (const { name, value, overrides } of [...readCustom(config), ...readSecurity(config)]) {
    if (overrides || headers[name] === undefined) added[name] = value;
  }
  return { ...headers, ...added };
}

interface PolicyHeader {
  readonly name: string;
  readonly value: string;
  readonly overrides: boolean;
}

function readCustom(config: XmlElement): readonly PolicyHeader[] {
  const custom = childOf(config, 'CustomHeadersConfig');
  return itemsOf(custom, 'ResponseHeadersPolicyCustomHeader').map((header) => ({
    name: (textOf(header, 'Header') ?? '').toLowerCase(),
    value: textOf(header, 'Value') ?? '',
    overrides: isTrue(header, 'Override'),
  }));
}

function readSecurity(config: XmlElement): readonly PolicyHeader[] {
  const security = childOf(config, 'SecurityHeadersConfig');
  return Object.entries(SECURITY_HEADERS)
    .filter(([, member]) => security[member] !== undefined)
    .map(([name, member]) => {
      const settings = childOf(security, member);
      return {
        name,
        value: composeValue(member, settings),
        overrides: isTrue(settings, 'Override'),
      };
    });
}

/** Each header as CloudFront writes it. */
function composeValue(member: string, settings: XmlElement): string {
  const text = (name: string) => textOf(settings, name) ?? '';
  switch (member) {
    case 'ContentTypeOptions':
      return 'nosniff';
    case 'FrameOptions':
      return text('FrameOption');
    case 'StrictTransportSecurity':
      return [
        `max-age=${text('AccessControlMaxAgeSec')}`,
        ...(isTrue(settings, 'IncludeSubdomains') ? ['includeSubDomains'] : []),
        ...(isTrue(settings, 'Preload') ? ['preload'] : []),
      ].join('; ');
    case 'XSSProtection':
      return [
        isTrue(settings, 'Protection') ? '1' : '0',
        ...(isTrue(settings, 'ModeBlock') ? ['mode=block'] : []),
        ...(text('ReportUri') === '' ? [] : [`report=${text('ReportUri')}`]),
      ].join('; ');
    default:
      return text(member);
  }
}

function isTrue(settings: XmlElement, name: string): boolean {
  return textOf(settings, name) === 'true';
}
