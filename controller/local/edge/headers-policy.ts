import { childOf, itemsOf, textOf, type XmlElement } from '../cloudfront/xml.ts';
import type { Headers } from './time-to-live.ts';

/** Adds the custom headers of a response headers policy; those without Override only where the origin says nothing. */
export function addPolicyHeaders(headers: Headers, config: XmlElement): Headers {
  const custom = childOf(config, 'CustomHeadersConfig');
  const added: Record<string, string> = {};
  for (const header of itemsOf(custom, 'ResponseHeadersPolicyCustomHeader')) {
    const name = (textOf(header, 'Header') ?? '').toLowerCase();
    const wins = textOf(header, 'Override') === 'true' || headers[name] === undefined;
    if (wins) added[name] = textOf(header, 'Value') ?? '';
  }
  return { ...headers, ...added };
}
