/** One value of a policy file, found and replaced in its text: every other byte stays as people wrote it. */
import { isAlias, isMap, isScalar, LineCounter, parseDocument, Scalar, type Node } from 'yaml';

/** Where `release.build` of an environment stands. */
export interface BuildPlace {
  readonly kind: 'found';
  /** 1-based. */
  readonly line: number;
  /** Of the text that is replaced, quotes included. */
  readonly start: number;
  readonly end: number;
}

export type BuildLookup =
  | BuildPlace
  /** The file has no such environment. */
  | { readonly kind: 'no-environment' }
  /** It can't be edited, and a person has to see why. */
  | { readonly kind: 'unclear'; readonly why: string };

const PARSING = {
  schema: 'core',
  stringKeys: true,
  uniqueKeys: false,
  prettyErrors: false,
  keepSourceTokens: false,
} as const;

/** The name in `app:`, as far as the text can be read; undefined: it names none. */
export function readAppName(text: string): string | undefined {
  const { contents } = parseDocument(text, PARSING);
  const name = findValue(contents, 'app');
  return isScalar(name) && typeof name.value === 'string' ? name.value : undefined;
}

/** Without guessing: what is written in a way that an edit could change more than this, is `unclear`. */
export function findBuild(text: string, environment: string): BuildLookup {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...PARSING, lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    return unclear(`it is not valid YAML (line ${Math.max(line, 1)})`);
  }
  let node: Node | null | undefined = document.contents;
  for (const key of ['environments', environment, 'release', 'build']) {
    const parent: Node | null | undefined = node;
    if (isAlias(parent)) return unclear(aliasOf(parent.source, environment));
    node = findValue(parent, key);
    if (node !== undefined) continue;
    // What a merge key brings in stands elsewhere, perhaps for others too.
    if (findValue(parent, '<<') !== undefined) {
      return unclear(`\`${key}\` of ${environment} comes from a merge key (<<)`);
    }
    if (key === environment || key === 'environments') return { kind: 'no-environment' };
    return unclear(`${environment} has no \`${key}\``);
  }
  if (isAlias(node)) return unclear(aliasOf(node.source, environment));
  if (!isScalar(node) || !node.range) return unclear(`\`build\` of ${environment} is no text`);
  if (node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL) {
    return unclear(`\`build\` of ${environment} is written as a block of lines`);
  }
  const [start, end] = node.range;
  const { line } = lines.linePos(start);
  return { kind: 'found', line: Math.max(line, 1), start, end };
}

/**
 * The text with this build in that place, in the quotes that were there.
 *
 * Worked example: `build: '1043' # hotfix` becomes `build: '1042' # hotfix`. Without quotes it gets double
 * ones, because 1042 alone would be a number.
 */
export function replaceBuild(text: string, { start, end }: BuildPlace, build: string): string {
  const quote = text[start] === "'" ? "'" : '"';
  return `${text.slice(0, start)}${quote}${build}${quote}${text.slice(end)}`;
}

function aliasOf(source: string, environment: string): string {
  return `\`build\` of ${environment} comes from an alias (*${source})`;
}

function unclear(why: string): BuildLookup {
  return { kind: 'unclear', why };
}

function findValue(node: unknown, key: string): Node | null | undefined {
  if (!isMap<unknown, Node | null>(node)) return undefined;
  // The last one counts, as it does for whoever reads the policy.
  const pair = node.items.findLast(({ key: name }) => isScalar(name) && String(name.value) === key);
  return pair === undefined ? undefined : pair.value;
}
