import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file of the repository: its path from the root, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Returns its complaints, `path: what is wrong` each. */
export type Budget = (files: readonly SourceFile[], root: string) => string[];

const LINES = 250;
const PAGE_LINES = 60;

/** What the root holds beside dotfiles. */
const TOP_LEVEL =
  /^(\..+|policies|controller|edge|test|LICENSE|README\.md|package(-lock)?\.json|tsconfig\.json)$/;

const topLevel: Budget = (files) =>
  [...new Set(files.map(({ path }) => path.split('/')[0] ?? ''))]
    .filter((name) => !TOP_LEVEL.test(name))
    .map((name) => `${name}: docs and code live in the folder they describe, not at the top`);

const fileLength: Budget = (files) =>
  select(files, /^(controller|edge)\/.*\.ts$/)
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines, ${LINES} at most`);

const mirror: Budget = (files) => {
  const folders = new Set(files.map(({ path }) => dirname(path)));
  return select(files, /^test\/(controller|edge)\/.*\.test\.ts$/)
    .filter(({ path }) => !folders.has(dirname(path).slice('test/'.length)))
    .map(({ path }) => `${path}: tests mirror the source, folder by folder`);
};

/** The linter sees `Date.now`; this is the other clock. */
const noClockInCore: Budget = (files) =>
  find(select(files, /^(controller|edge)\/core\//), /\bnew Date\(\)/g, 'core has no clock');

const noFocusedTests: Budget = (files) =>
  find(
    select(files, /^test\/.*\.ts$/),
    /\b(test|it|describe)(\.\w+)*\.(only|skip|todo)\b/g,
    'runs a part',
  );

const explainedExceptions: Budget = (files) =>
  find(
    select(files, /\.ts$/),
    /(?:(?:oxlint|eslint)-disable(?!.* -- \w+ \w)|@ts-expect-error(?! \w+ \w)).*/g,
    'say why: `-- reason`',
  );

/** As a namespace it is cut down to what is used; by name all its languages are part of the command line. */
const zodAsNamespace: Budget = (files) =>
  find(
    select(files, /^(controller|edge)\/.*\.ts$/),
    /^import (?!type )\{.*\} from 'zod';/gm,
    "import * as z from 'zod'",
  );

const noMachinePaths: Budget = (files) =>
  find(files, /(?<![\w.$}])\/(home|Users|root|work)\/[a-z]\w*/g, 'a path of one machine');

const noKeys: Budget = (files) => [
  ...find(files, /\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, 'looks like an access key'),
  ...find(
    files,
    /\barn:aws:[a-z-]+:[a-z0-9-]*:(?!123456789012|111122223333|0{12})\d{12}/g,
    'a real account?',
  ),
];

/** Relative links of every page, with their heading. */
const links: Budget = (files, root) =>
  select(files, /\.md$/).flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!\w+:)([^)\s]*)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !resolves(target, { path, text }, { files, root }))
      .map((target) => `${path}: nothing at ${target}`),
  );

function resolves(
  target: string,
  from: SourceFile,
  { files, root }: { files: readonly SourceFile[]; root: string },
): boolean {
  const [file = '', heading] = target.split('#');
  const path = file === '' ? from.path : join(dirname(from.path), file);
  if (heading === undefined) return existsSync(join(root, path));
  return files.some((page) => page.path === path && headingsOf(page.text).includes(heading));
}

/** Headings as GitHub links to them: `## What's next?` is `#whats-next`. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

const decisions: Budget = (files) => {
  const records = select(files, /^\.github\/decisions\//).toSorted((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  return records.flatMap(({ path, text }, index) => {
    const number = String(index + 1).padStart(4, '0');
    return [
      ...(new RegExp(`/${number}-[a-z0-9-]+\\.md$`).test(path)
        ? []
        : [`${path}: should be number ${number}`]),
      ...(text.startsWith(`# ${number}. `) ? [] : [`${path}: should begin with "# ${number}. "`]),
      ...['Context', 'Choice', 'Cost']
        .filter((part) => !text.includes(`\n## ${part}\n`))
        .map((part) => `${path}: lacks "## ${part}"`),
      ...(text.split('\n').length > PAGE_LINES ? [`${path}: more than a page`] : []),
    ];
  });
};

/** A registry that lacks another platform's package leaves a lock file that `npm ci` refuses. */
const lockFile: Budget = (files) =>
  select(files, /^package-lock\.json$/).flatMap(({ path, text }) => {
    const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> };
    const locked = Object.keys(packages);
    return Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !locked.some((place) => place.endsWith(`node_modules/${name}`)))
      .map((name) => `${path}: ${name} is missing, so \`npm ci\` fails`);
  });

/** npm only warns of a package that wants a newer Node, and a package may want one that its user does not. */
const oldestNode: Budget = (files) =>
  select(files, /^package-lock\.json$/).flatMap(({ path, text }) => {
    const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> };
    return Object.entries(packages)
      .filter(([, { engines }]) => !admitsNode20(engines?.node ?? '*'))
      .map(([name, { engines }]) => `${path}: ${name} wants Node ${engines?.node}`);
  });

/** `^20.19.0 || >=22`: some alternative begins at 20 or below, and is not over before it. */
function admitsNode20(range: string): boolean {
  return range.split('||').some((alternative) => {
    const [, operator = '', major] = /^\s*([<>=^~]*)\s*v?(\d+)/.exec(alternative) ?? [];
    if (major === undefined) return true;
    return operator.startsWith('>') ? Number(major) <= 20 : Number(major) === 20;
  });
}

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly engines?: { readonly node?: string };
}

export const BUDGETS = {
  topLevel,
  fileLength,
  mirror,
  noClockInCore,
  noFocusedTests,
  explainedExceptions,
  zodAsNamespace,
  noMachinePaths,
  noKeys,
  links,
  decisions,
  lockFile,
  oldestNode,
} as const satisfies Readonly<Record<string, Budget>>;

function select(files: readonly SourceFile[], path: RegExp): SourceFile[] {
  return files.filter((file) => path.test(file.path));
}

function find(files: readonly SourceFile[], pattern: RegExp, complaint: string): string[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map(([match]) => `${path}: ${match}: ${complaint}`),
  );
}
