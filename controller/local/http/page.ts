import { ServiceError } from '../service.ts';

/** What a client says about the page it wants. */
export interface PageRequest {
  readonly MaxResults: number;
  readonly NextToken?: string | undefined;
}

/** The page after the item that the token names; `next` is the token for the rest. */
export function cutPage<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { MaxResults, NextToken }: PageRequest,
): { readonly items: readonly Item[]; readonly next: string | undefined } {
  const start = NextToken === undefined ? 0 : findStart(items.map(nameOf), NextToken);
  const page = items.slice(start, start + MaxResults);
  const last = page.at(-1);
  const more = last !== undefined && start + MaxResults < items.length;
  return { items: page, next: more ? Buffer.from(nameOf(last)).toString('base64') : undefined };
}

function findStart(names: readonly string[], token: string): number {
  const position = names.indexOf(Buffer.from(token, 'base64').toString('utf8'));
  if (position >= 0) return position + 1;
  throw new ServiceError(400, 'InvalidNextToken', 'The specified token is not valid.');
}
