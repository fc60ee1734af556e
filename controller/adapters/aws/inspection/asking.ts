import { readText } from '../fields.ts';
import { translateError, type Doing } from '../translate-error.ts';

/** One call; its failure in words that name the permission. */
export async function ask<Answer>(doing: Doing, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw translateError(error, doing);
  }
}

/** The same where an error of one of these names says that there is none. */
export async function askOrNone<Answer>(
  doing: Doing,
  none: readonly string[],
  call: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (error) {
    if (none.includes(readText(error, 'name') ?? '')) return undefined;
    throw translateError(error, doing);
  }
}

/** Every page of a listing, until one names no next. */
export async function askPages<Page>(
  doing: Doing,
  call: (token: string | undefined) => Promise<Page>,
  nextOf: (page: Page) => string | undefined,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  let token: string | undefined;
  do {
    const page = await ask(doing, () => call(token));
    pages.push(page);
    token = nextOf(page) || undefined;
  } while (token !== undefined);
  return pages;
}
