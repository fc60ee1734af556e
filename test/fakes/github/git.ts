import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

/** Files of a commit: text by path. */
export type Files = Readonly<Record<string, string>>;

/** Text by path; null takes the file away. */
export type Changes = Readonly<Record<string, string | null>>;

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly message: string;
  readonly parents: readonly string[];
  readonly files: Files;
  readonly author: string;
  /** Whole seconds, as git keeps them. */
  readonly date: Date;
}

/**
 * Branches, commits and files, with git's own hashes: `writeTo` makes a repository of them that the real
 * git reads, at the very commits GitHub speaks of.
 */
export interface Git {
  readonly branches: ReadonlyMap<string, string>;
  /** By full sha, branch, or `refs/heads/...`; undefined: there is no such commit. */
  find(ref: string): Commit | undefined;
  commit(change: {
    readonly on: readonly string[];
    readonly files: Files;
    readonly message: string;
    readonly author: string;
    readonly date: Date;
  }): Commit;
  setBranch(name: string, sha: string): void;
  removeBranch(name: string): void;
  /** Both are commits; is the first in the history of the second, or the second itself? */
  isAncestor(older: string, newer: string): boolean;
  /** Commits that the second has and the first has not, newest first. */
  between(base: string, head: string): readonly Commit[];
  /** Files where the two parted. */
  parted(base: string, head: string): Files;
  /** Files of `base` with what `head` changed since they parted; undefined: both changed one file. */
  merge(base: string, head: string): Files | undefined;
  /** Adds all objects, and every branch as of `origin`, to the `.git` directory given. */
  writeTo(gitDirectory: string): void;
}

export function createGit(): Git {
  const objects = new Map<string, Buffer>();
  const commits = new Map<string, Commit>();
  const branches = new Map<string, string>();
  const store = (kind: string, content: Buffer) => {
    const object = Buffer.concat([Buffer.from(`${kind} ${content.length}\0`), content]);
    const sha = createHash('sha1').update(object).digest('hex');
    objects.set(sha, object);
    return sha;
  };
  const history = (sha: string) => walk(sha, commits);
  const parted = (base: string, head: string): Files => {
    const known = history(base);
    return [...history(head).values()].find(({ sha }) => known.has(sha))?.files ?? {};
  };
  const git: Git = {
    branches,
    find: (ref) =>
      commits.get(ref) ?? commits.get(branches.get(ref.replace(/^refs\/heads\//, '')) ?? ''),
    commit({ on, files, message, author, date }) {
      const tree = storeTree(files, store);
      const seconds = Math.floor(date.getTime() / 1000);
      const parents = on.map((parent) => `parent ${parent}\n`).join('');
      const who = `${author} <${author}@users.noreply.github.com> ${seconds} +0000`;
      const lines = `tree ${tree}\n${parents}author ${who}\ncommitter ${who}\n\n${message}\n`;
      const sha = store('commit', Buffer.from(lines));
      const made = {
        sha,
        tree,
        message,
        parents: on,
        files,
        author,
        date: new Date(seconds * 1000),
      };
      commits.set(sha, made);
      return made;
    },
    setBranch: (name, sha) => void branches.set(name, sha),
    removeBranch: (name) => void branches.delete(name),
    isAncestor: (older, newer) => history(newer).has(older),
    between(base, head) {
      const known = history(base);
      return [...history(head).values()].filter(({ sha }) => !known.has(sha));
    },
    parted,
    merge(base, head) {
      return mergeFiles(parted(base, head), commits.get(base)!.files, commits.get(head)!.files);
    },
    writeTo(directory) {
      for (const [sha, object] of objects) writeObject(directory, sha, object);
      for (const [name, sha] of branches) writeRef(directory, `refs/remotes/origin/${name}`, sha);
    },
  };
  return git;
}

/** The hash git gives a file with this text. */
export function hashBlob(text: string): string {
  const content = Buffer.from(text);
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** The commit and all before it, newest first: by date, and of one date children first. */
function walk(from: string, commits: ReadonlyMap<string, Commit>): ReadonlyMap<string, Commit> {
  const found = new Map<string, Commit>();
  const visit = (sha: string) => {
    const commit = commits.get(sha);
    if (commit === undefined || found.has(sha)) return;
    for (const parent of commit.parents) visit(parent);
    found.set(sha, commit);
  };
  visit(from);
  return new Map([...found].toReversed());
}

type Store = (kind: string, content: Buffer) => string;

function storeTree(files: Files, store: Store): string {
  const folders = new Map<string, Record<string, string>>();
  const entries: { name: string; mode: string; sha: string }[] = [];
  for (const [path, text] of Object.entries(files)) {
    const [name = '', ...rest] = path.split('/');
    if (rest.length === 0) {
      entries.push({ name, mode: '100644', sha: store('blob', Buffer.from(text)) });
    } else {
      folders.set(name, { ...folders.get(name), [rest.join('/')]: text });
    }
  }
  for (const [name, inside] of folders) {
    entries.push({ name, mode: '40000', sha: storeTree(inside, store) });
  }
  // Git sorts bytes, and a folder as if its name ended with a slash.
  const key = ({ name, mode }: { name: string; mode: string }) =>
    Buffer.from(mode === '40000' ? `${name}/` : name);
  const sorted = entries.toSorted((a, b) => Buffer.compare(key(a), key(b)));
  const lines = sorted.flatMap(({ name, mode, sha }) => [
    Buffer.from(`${mode} ${name}\0`),
    Buffer.from(sha, 'hex'),
  ]);
  return store('tree', Buffer.concat(lines));
}

function mergeFiles(parted: Files, base: Files, head: Files): Files | undefined {
  const merged: Record<string, string> = { ...base };
  for (const path of new Set([...Object.keys(parted), ...Object.keys(head)])) {
    const [before, theirs, ours] = [parted[path], head[path], base[path]];
    if (theirs === before || theirs === ours) continue;
    if (ours !== before) return undefined;
    if (theirs === undefined) delete merged[path];
    else merged[path] = theirs;
  }
  return merged;
}

function writeObject(directory: string, sha: string, object: Buffer): void {
  const folder = join(directory, 'objects', sha.slice(0, 2));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, sha.slice(2)), deflateSync(object));
}

function writeRef(directory: string, ref: string, sha: string): void {
  const path = join(directory, ref);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `${sha}\n`);
}
