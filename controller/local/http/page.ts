import { ServiceError } from '../service.ts';

/** What a client says about the page it wants. */
export interface PageRequest {
  readonly MaxResults: number;
  readonly NextToken?: string | undefined;
  /** What a token that isn't one is refused with. Default `InvalidNextToken`. */
  readonly code?: string;
}

/** The page after the item that the token names; `next` is the token for the rest. */
export function cutPage<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { MaxResults, NextToken, code = 'InvalidNextToken' }: PageRequest,
): { readonly items: readonly Item[]; readonly next: string | undefined } {
  const start = NextToken === undefined ? 0 : findStart(items.map(nameOf), NextToken, code);
  const page = items.slice(start, start + MaxResults);
  const last = page.at(-1);
  const more = last !== undefined && start + MaxResults < items.length;
  return { items: page, next: more ? Buffer.from(nameOf(last)).toString('base64') : undefined };
}

function findStart(names: readonly string[], token: string, code: string): number {
  const position = names.indexOf(Buffer.from(token, 'base64').toString('utf8'));
  if (position >= 0) return position + 1;
  throw new ServiceError(400, code, 'The specified token is not valid.');
}
