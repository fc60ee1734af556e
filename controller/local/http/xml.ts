/** What `renderXml` writes: a list repeats its element, undefined leaves it out. */
export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

/** A whole document; `namespace` goes on the root. */
export function renderXml(
  name: string,
  value: { readonly [name: string]: XmlValue },
  namespace?: string,
): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name}${attribute}>${renderMembers(value)}</${name}>`;
}

function renderMembers(value: { readonly [name: string]: XmlValue }): string {
  return Object.entries(value)
    .map(([name, member]) => renderElement(name, member))
    .join('');
}

function renderElement(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => renderElement(name, item)).join('');
  const content =
    typeof value === 'object'
      ? renderMembers(value as { readonly [name: string]: XmlValue })
      : escapeXml(String(value));
  return `<${name}>${content}</${name}>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
};

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"\r\n]/g, (character) => ESCAPES[character] ?? character);
}
