import type { Field } from './fields.ts';

/** Answered at the edge; never cached. In CloudFront Functions' shape: nothing to convert. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, Field>;
  readonly cookies: Record<string, Field>;
  readonly body: { readonly encoding: 'text'; readonly data: string };
}

// No default arguments: CloudFront's runtime doesn't know them.
export function answer(
  statusCode: number,
  text: string,
  header?: readonly [name: string, value: string],
): Answer {
  const headers: Record<string, Field> = {
    'cache-control': { value: 'no-store' },
    'content-type': { value: 'text/plain' },
    'referrer-policy': { value: 'no-referrer' },
  };
  if (header) headers[header[0]] = { value: header[1] };
  return { statusCode, headers, cookies: {}, body: { encoding: 'text', data: text } };
}
