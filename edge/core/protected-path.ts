import type { Gate } from '../contract/route.ts';
import { matchPattern, normalisePath } from './rewrite.ts';

/**
 * Whether the gate stands before a normalised path. Any spelling that some server could take for a
 * protected path is protected; an exception is only for its own, exact spelling.
 */
export function isProtected(gate: Pick<Gate, 'paths' | 'except'>, path: string): boolean {
  // Still something to decode: hardly an honest link.
  if (path.indexOf('%') >= 0) return true;
  const plain = foldCase(path);
  const folded = foldPath(plain);
  // Dots or spaces alone are no segment, and to some servers dots are the folder above.
  if (folded.indexOf('//') >= 0) return true;
  const spellings = [plain, folded, folded + '/', folded + '/index.html'];
  const isPlain = spellings.lastIndexOf(plain) > 0;
  const isException = isPlain && gate.except && gate.except.some((one) => matchPattern(one, path));
  return (
    !isException &&
    gate.paths.some((pattern) =>
      spellings.some((spelling) => matchPattern(foldCase(pattern), spelling)),
    )
  );
}

/** By way of capitals, since servers differ: `ſ` and `S` are `s`, the Kelvin sign is `k`. */
function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase();
}

/**
 * What a careless server behind us could make of a path in small letters: `/shop.;x/a/index.html` -> `/shop/a`.
 * Segments without parameters and without dots at their end.
 */
function foldPath(path: string): string {
  // Nearly every path: njs takes 12 microseconds for each `replace`.
  if (/^[\w/-]+\w$/.test(path)) return path;
  return (
    (normalisePath(path.replace(/[;?#][^/]*/g, '')) as string)
      // In one pass: a RegExp that looks ahead takes quadratic time for a path of dots.
      .replace(/[. ]+(.?)/g, (all, next: string) => (next && next !== '/' ? all : next))
      .replace(/\/(index\.html)?$/, '')
  );
}
