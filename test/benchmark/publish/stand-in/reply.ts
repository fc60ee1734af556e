import { STATUS_CODES } from 'node:http';

export type Fields = Readonly<Record<string, string | number | undefined>>;

let date = { at: 0, text: '' };

function dateNow(): string {
  const at = Math.floor(Date.now() / 1000);
  if (at !== date.at) date = { at, text: new Date(at * 1000).toUTCString() };
  return date.text;
}

/** An answer as it goes over the wire. `length` is for HEAD, which tells of bytes that it doesn't send. */
export function reply(
  status: number,
  fields: Fields = {},
  { body = '', length = Buffer.byteLength(body) }: { body?: string; length?: number } = {},
): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nDate: ${dateNow()}\r\nx-amz-request-id: STANDIN\r\n`;
  for (const name in fields) {
    if (fields[name] !== undefined) head += `${name}: ${fields[name]}\r\n`;
  }
  // 204 and 304 have no length.
  return `${head}${status === 204 ? '' : `Content-Length: ${length}\r\n`}\r\n${body}`;
}

export function replyXml(body: string, fields: Fields = {}): string {
  return reply(
    200,
    { 'Content-Type': 'application/xml', ...fields },
    { body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` },
  );
}

export function replyError(status: number, code: string): string {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return reply(status, { 'Content-Type': 'application/xml' }, { body });
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
