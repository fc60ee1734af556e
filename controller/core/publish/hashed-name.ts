/** What bundlers put into names: `index-BxY12_ab.js`, `main.3f2a1b9c.chunk.js`, `3f2a1b9c.woff2`. */
const AFTER_NAME = /^(.*[-._])([\w-]{8,})((?:\.[A-Za-z0-9]+)+)$/;
/** Without hyphens: else `app-4f2a.js` would be one. With a digit: else `Dashboard.js` would. */
const ALONE = /^(|.*\/)((?=[A-Za-z]*\d)[A-Za-z0-9]{8,})((?:\.[A-Za-z0-9]+)+)$/;

/** Longer ones are no names: texts have whole images as one word. */
const LENGTH_LIMIT = 1024;

const NONE = { head: '', hash: '', tail: '' };

/** The name without its hash; undefined: it has none that one can see. */
export function skeletonOf(path: string): string | undefined {
  const { head, hash, tail } = match(path);
  return hash === '' ? undefined : `${head}*${tail}`;
}

export function hashIn(path: string): string | undefined {
  return match(path).hash || undefined;
}

/** First after a name: of `FormulaEditor.C1c83gUE.chunk.js` the name is long enough for a hash, too. */
function match(path: string): Readonly<Record<'head' | 'hash' | 'tail', string>> {
  if (path.length > LENGTH_LIMIT) return NONE;
  for (const pattern of [AFTER_NAME, ALONE]) {
    const [, head = '', hash = '', tail = ''] = pattern.exec(path) ?? [];
    if (isHash(hash)) return { head, hash, tail };
  }
  return NONE;
}

/** `dashboard` is a word: a hash of eight characters has a digit or a capital, but for one in a thousand. */
function isHash(text: string): boolean {
  return /[A-Z\d]/.test(text);
}
