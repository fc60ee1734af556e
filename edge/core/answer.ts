import type { Field } from './fields.ts';

/** Answered at the edge; never cached. In CloudFront Functions' shape: nothing to convert. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, Field>;
  readonly cookies: Record<string, Field>;
  readonly body: { readonly encoding: 'text'; readonly data: string };
}

// No default arguments: CloudFront's runtime doesn't know them.
// oxlint-disable-next-line max-params -- an array for the header takes bytes that the budget has not
export function answer(statusCode: number, text: string, name?: string, value?: string): Answer {
  const headers: Record<string, Field> = {
    'cache-control': { value: 'no-store' },
    'content-type': { value: text[0] === '{' ? 'application/json' : 'text/plain' },
    'referrer-policy': { value: 'no-referrer' },
  };
  if (name) headers[name] = { value: value as string };
  return { statusCode, headers, cookies: {}, body: { encoding: 'text', data: text } };
}
