/** `edge.distribution` of one environment, written into a policy's text: every other byte stays as people wrote it. */
import { isMap, isScalar, parseDocument, Scalar, type Node, type Pair, type YAMLMap } from 'yaml';

export type Named =
  | { readonly kind: 'same' }
  | { readonly kind: 'written'; readonly text: string }
  /** It can't be written without changing more than that; a person has to. */
  | { readonly kind: 'unclear'; readonly why: string };

const PARSING = {
  schema: 'core',
  stringKeys: true,
  uniqueKeys: false,
  prettyErrors: false,
} as const;
const KEY = 'distribution';

/**
 * Worked example: in `edge: { group: prod } # ours` it becomes `edge: { group: prod, distribution: E2ABC } # ours`;
 * a value that is there already is replaced, a map of lines gets another line.
 */
export function nameDistribution(text: string, environment: string, id: string): Named {
  const document = parseDocument(text, PARSING);
  if (document.errors.length > 0) return unclear('the file is not valid YAML');
  let node: Node | null | undefined = document.contents;
  for (const key of ['environments', environment, 'edge']) {
    node = findPair(node, key)?.value;
    if (node === undefined) return unclear(`\`${key}\` stands elsewhere, or not at all`);
  }
  if (!isMap<unknown, Node | null>(node)) return unclear('`edge` is no map');
  const present = findPair(node, KEY);
  const written = present === undefined ? add(text, node, id) : replace(text, present.value, id);
  if (typeof written !== 'string') return written ?? { kind: 'same' };
  return isThere(written, environment, id)
    ? { kind: 'written', text: written }
    : unclear('an edit would change more than that');
}

function replace(text: string, value: Node | null | undefined, id: string) {
  if (!isScalar(value) || !value.range) return unclear(`\`${KEY}\` is no text`);
  if (value.value === id) return undefined;
  if (value.type === Scalar.BLOCK_FOLDED || value.type === Scalar.BLOCK_LITERAL) {
    return unclear(`\`${KEY}\` is written as a block of lines`);
  }
  const [start, end] = value.range;
  const quote = text[start] === "'" || text[start] === '"' ? text[start] : '';
  // A key without a value has an empty place right behind its colon.
  const gap = start === end && text[start - 1] === ':' ? ' ' : '';
  return `${text.slice(0, start)}${gap}${quote}${id}${quote}${text.slice(end)}`;
}

function add(text: string, map: YAMLMap<unknown, Node | null>, id: string) {
  const last = map.items.at(-1);
  const end = endOf(last);
  if (last === undefined || end === undefined)
    return unclear('`edge` is written in an unusual way');
  const line = `${KEY}: ${id}`;
  if (map.flow === true) return `${text.slice(0, end)}, ${line}${text.slice(end)}`;
  const start = isScalar(last.key) ? last.key.range?.[0] : undefined;
  if (start === undefined) return unclear('`edge` is written in an unusual way');
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const newline = text.indexOf('\n', end);
  const at = newline === -1 ? text.length : text[newline - 1] === '\r' ? newline - 1 : newline;
  const ending = text[newline - 1] === '\r' ? '\r\n' : '\n';
  return `${text.slice(0, at)}${ending}${indent}${line}${text.slice(at)}`;
}

/** Behind the value that is written last; only plain ones end where they seem to. */
function endOf(pair: Pair<unknown, Node | null> | undefined): number | undefined {
  const value = pair?.value;
  return isScalar(value) &&
    value.type !== Scalar.BLOCK_FOLDED &&
    value.type !== Scalar.BLOCK_LITERAL
    ? value.range?.[1]
    : undefined;
}

/** Read as whoever reads the policy does. */
function isThere(text: string, environment: string, id: string): boolean {
  const document = parseDocument(text, PARSING);
  if (document.errors.length > 0) return false;
  return document.getIn(['environments', environment, 'edge', KEY]) === id;
}

function findPair(
  node: Node | null | undefined,
  key: string,
): Pair<unknown, Node | null> | undefined {
  if (!isMap<unknown, Node | null>(node)) return undefined;
  // The last one counts, as it does for whoever reads the policy.
  return node.items.findLast(({ key: name }) => isScalar(name) && String(name.value) === key);
}

function unclear(why: string): Named {
  return { kind: 'unclear', why };
}
