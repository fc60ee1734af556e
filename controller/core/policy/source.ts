/** The text of one policy file as a plain value, and where each part of it stands. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type ParsedNode,
  type YAMLError,
} from 'yaml';
import type { Issue } from './issue.ts';
import type { Path } from './shape.ts';

export interface PolicyText {
  /** Path as given by the user. */
  readonly file: string;
  readonly text: string;
}

export interface Source {
  readonly file: string;
  /** undefined when the text can't be read; `issues` and `objections` say why. */
  readonly value: unknown;
  /** Not YAML. */
  readonly issues: readonly Issue[];
  /** YAML, but not for a policy. */
  readonly objections: readonly Objection[];
  /** Where the value or the key at a path stands; for a missing one, the map it is missing from. */
  readonly locate: (path: Path, part?: 'key' | 'value') => Pick<Issue, 'line' | 'column'>;
  /** A scalar without quotes as written (`010`), which its value (10) no longer tells. */
  readonly plainText: (path: Path) => string | undefined;
}

export interface Objection {
  readonly path: Path;
  readonly message: string;
}

type Node = ParsedNode | null | undefined;

export function readSource({ file, text }: PolicyText): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: 'core',
    stringKeys: true,
    // Found by the walk below, which knows their paths.
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // What follows the first error is mostly its echo.
  const [error] = [...document.errors, ...document.warnings].toSorted(
    (a, b) => a.pos[0] - b.pos[0],
  );
  const entries = [...walk(document.contents, [])];
  const isReadable = !error && !entries.some(({ node }) => isAlias(node));
  return {
    file,
    value: isReadable ? document.toJS() : undefined,
    issues: error ? [{ file, ...at(error.pos[0]), ...describeError(error) }] : [],
    objections: entries.flatMap(objectTo),
    locate: (path, part = 'value') => at(findOffset(document.contents, path, part)),
    plainText: (path) => {
      const node = findNode(document.contents, path);
      return isScalar(node) && node.type === 'PLAIN' ? node.source : undefined;
    },
  };
}

function describeError({ code, message }: YAMLError): Pick<Issue, 'message' | 'example'> {
  const told: Partial<Record<typeof code, string>> = {
    MULTIPLE_DOCS: 'a second document starts here; a file holds one',
    RESOURCE_EXHAUSTION: 'nested too deeply to be a policy',
  };
  const text =
    told[code] ?? `not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  return { message: text, example: 'release:\n  build: "1043"' };
}

function objectTo({ node, path, isSecond }: Entry): readonly Objection[] {
  const key = path.at(-1);
  // A reviewer of one environment must see all of it, and a change to one must not change another.
  if (isAlias(node)) {
    return [
      { path, message: `*${node.source} is an alias; a policy has none, write the value out` },
    ];
  }
  // zod passes over this one name, and nothing may be passed over.
  if (key === '__proto__') return [{ path, message: '"__proto__" is not a name' }];
  return isSecond
    ? [{ path, message: `"${String(key)}" stands here a second time; keep one` }]
    : [];
}

interface Entry {
  readonly path: Path;
  readonly node: Node;
  readonly isSecond: boolean;
}

function* walk(node: Node, path: Path, isSecond = false): Generator<Entry> {
  yield { path, node, isSecond };
  if (isMap(node)) {
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = keyOf(pair.key);
      yield* walk(pair.value, [...path, key], seen.has(key));
      seen.add(key);
    }
  }
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) yield* walk(item, [...path, index]);
  }
}

function keyOf(key: ParsedNode): string {
  return isScalar(key) ? String(key.value) : '';
}

function findPair(node: Node, key: PropertyKey) {
  // The last one, as the value has it too.
  return isMap(node) ? node.items.findLast((pair) => keyOf(pair.key) === key) : undefined;
}

function findNode(root: Node, path: Path): Node {
  return path.reduce<Node>((node, key) => {
    if (isSeq(node)) return node.items[Number(key)];
    return findPair(node, key)?.value;
  }, root);
}

function findOffset(root: Node, path: Path, part: 'key' | 'value'): number {
  const node = findNode(root, path);
  // An empty value (`release:`) stands behind the colon: its key is what people look for.
  const isEmpty = isScalar(node) && node.source === '';
  if (part === 'value' && node && !isEmpty) return node.range[0];
  const key = path.at(-1);
  if (key === undefined) return root?.range[0] ?? 0;
  const pair = findPair(findNode(root, path.slice(0, -1)), key);
  return pair ? pair.key.range[0] : findOffset(root, path.slice(0, -1), 'key');
}
