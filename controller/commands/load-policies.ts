import { UsageError } from '../core/errors.ts';
import type { Issue } from '../core/policy/issue.ts';
import { EDGE_FILE, readPolicies, type PoliciesRead } from '../core/policy/read-policies.ts';
import type { PolicyText } from '../core/policy/source.ts';
import type { Files } from '../ports/files.ts';

export interface LoadedPolicies extends PoliciesRead {
  /** The files as read, `edge.yaml` among them, sorted by name. */
  readonly texts: readonly PolicyText[];
}

/** Where policies are when `--policies` doesn't say. */
export const POLICIES_DIRECTORY = 'policies';

const NEXT = `Run this where ${POLICIES_DIRECTORY}/${EDGE_FILE} is, or name the directory with --policies <dir>. To start, copy policies/ of Headgate.`;

/** For commands that a record is enough for. */
export const WITHOUT_POLICIES = 'Without policies: --bucket <bucket> --region <region>.';

/** Reads every `*.yaml` of a directory. Throws a UsageError when it, or `edge.yaml` in it, is missing. */
export async function loadPolicies(
  files: Files,
  directory: string,
  { instead, ...options }: { readonly isDeployed?: boolean; readonly instead?: string } = {},
): Promise<LoadedPolicies> {
  const { texts, misnamed } = await readTexts(files, directory, instead);
  const { policies, places, issues } = readPolicies(texts, options);
  return { policies, places, issues: [...misnamed.map(refuseName), ...issues], texts };
}

/** The files alone: that they are as they were costs no parsing. */
export async function readTexts(
  files: Files,
  directory: string,
  instead?: string,
): Promise<{ readonly texts: readonly PolicyText[]; readonly misnamed: readonly string[] }> {
  const names = await files.list(directory);
  const next = instead === undefined ? NEXT : `${NEXT} ${instead}`;
  if (!names) throw new UsageError(`There is no directory ${directory}.`, next);
  if (!names.includes(EDGE_FILE)) {
    throw new UsageError(`There is no ${EDGE_FILE} in ${directory}.`, next);
  }
  const toPath = (name: string) => `${directory.replace(/\/+$/, '')}/${name}`;
  const paths = names.filter((name) => name.endsWith('.yaml')).map(toPath);
  const texts = await Promise.all(paths.map((path) => readPolicy(files, path)));
  return { texts, misnamed: names.filter((name) => name.endsWith('.yml')).map(toPath) };
}

async function readPolicy(files: Files, file: string): Promise<PolicyText> {
  const text = await files.readText(file);
  if (text === undefined) throw new UsageError(`${file} is not a file.`, NEXT);
  return { file, text };
}

/** Or an app would quietly have no policy. */
function refuseName(file: string): Issue {
  const message = 'policies end in .yaml; rename the file';
  return { file, line: 1, column: 1, message, example: file.replace(/yml$/, 'yaml') };
}
