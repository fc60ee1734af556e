/** All policies as written, on their way through the rules. */
import type { Issue } from './issue.ts';
import type { Parsed } from './parse.ts';
import type { WrittenApp, WrittenEdge, WrittenEnvironment } from './schema.ts';
import type { Path } from './shape.ts';
import type { Source } from './source.ts';

export interface WrittenPolicies {
  readonly edge: Parsed<WrittenEdge>;
  readonly apps: readonly Parsed<WrittenApp>[];
  /** Files of other apps exist, and are not among these. */
  readonly isPart?: boolean;
  /** False: distributions need not be there yet. */
  readonly isDeployed?: boolean;
}

export type Rule = (policies: WrittenPolicies) => readonly Issue[];

export interface AppFile {
  readonly source: Source;
  readonly written: WrittenApp;
}

export interface EnvironmentEntry {
  /** `shop/prod`. */
  readonly id: string;
  readonly name: string;
  readonly app: WrittenApp;
  readonly source: Source;
  readonly path: Path;
  readonly written: WrittenEnvironment;
}

export function listApps({ apps }: WrittenPolicies): readonly AppFile[] {
  return apps.flatMap(({ source, written }) => (written ? [{ source, written }] : []));
}

export function listEnvironments(policies: WrittenPolicies): readonly EnvironmentEntry[] {
  return listApps(policies).flatMap(({ source, written: app }) =>
    Object.entries(app.environments).map(([name, written]) => ({
      id: `${app.app}/${name}`,
      name,
      app,
      source,
      path: ['environments', name],
      written,
    })),
  );
}

export function issueAt(
  source: Source,
  path: Path,
  issue: Omit<Issue, 'file' | 'line' | 'column'>,
): Issue {
  return { file: source.file, ...source.locate(path), ...issue };
}
