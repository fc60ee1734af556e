import { BadPattern, type FilterPattern } from './pattern.ts';

/** A term with `-` or `?` in front; what isn't a word is in quotes. */
const TERM = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|(\w+))(?=\s|$)/y;

/**
 * `ERROR "not found" -debug`: all of them, and none of those with a minus. `?ERROR ?WARN`: one of
 * them. Nothing matches everything.
 */
export function readTermPattern(text: string): FilterPattern {
  const found = [...text.matchAll(new RegExp(TERM, 'gy'))];
  const length = found.reduce((sum, [whole]) => sum + whole.length, 0);
  if (text.slice(length).trim() !== '') {
    throw new BadPattern(`"${text.slice(length).trim()}": terms that are no words need quotes`);
  }
  const terms = found.map(([, sign = '', quoted, word = '']) => ({
    sign,
    text: quoted === undefined ? word : quoted.replaceAll(/\\(.)/g, '$1'),
  }));
  const pick = (wanted: string) => terms.filter(({ sign }) => sign === wanted);
  const [wanted, excluded, either] = [pick(''), pick('-'), pick('?')];
  if (either.length > 0 && either.length < terms.length) {
    throw new BadPattern(
      'the local cloud takes no terms with "?" beside others, which would ignore them',
    );
  }
  return {
    names: undefined,
    match(message) {
      const test = (term: { readonly text: string }) => message.includes(term.text);
      const matches =
        wanted.every(test) && !excluded.some(test) && (either.length === 0 || either.some(test));
      return matches ? {} : undefined;
    },
  };
}
