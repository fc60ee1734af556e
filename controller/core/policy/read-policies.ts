import { completeApp, completeGroups } from './defaults.ts';
import type { Issue } from './issue.ts';
import { parseApp, parseEdge, type Parsed } from './parse.ts';
import { findPlaces, type AppPlace } from './places.ts';
import type { Policies } from './policy.ts';
import { APP_RULES, EDGE_RULES } from './rules.ts';
import type { WrittenEdge } from './schema.ts';
import { completeSetup } from './setup.ts';
import type { PolicyText } from './source.ts';
import { listApps, type Rule, type WrittenPolicies } from './written.ts';

export const EDGE_FILE = 'edge.yaml';

export interface PoliciesRead {
  /** Without the groups, apps and environments that have issues: one refusal doesn't stop the others. */
  readonly policies: Policies;
  /** Where the apps are, also those whose policies can't be used. */
  readonly places: readonly AppPlace[];
  /** In the order of the files, then of their lines. */
  readonly issues: readonly Issue[];
}

/**
 * Reads `edge.yaml` and the app files of one directory. Never throws: what is wrong is an issue.
 * `isPart`: there are files of other apps, which are not given. `isDeployed` false: distributions may be missing.
 */
export function readPolicies(
  files: readonly PolicyText[],
  { isPart = false, isDeployed = true }: Pick<WrittenPolicies, 'isPart' | 'isDeployed'> = {},
): PoliciesRead {
  const edge = parseEdge(files.find(isEdgeFile) ?? { file: EDGE_FILE, text: '' });
  const apps = files.filter((file) => !isEdgeFile(file)).map(parseApp);
  const usableEdge = withoutRefusedGroups(edge, check(EDGE_RULES, { edge, apps }));
  const written = { edge: usableEdge, apps, isPart, isDeployed };
  const issues = [
    ...usableEdge.issues,
    ...apps.flatMap((app) => app.issues),
    ...check(APP_RULES, written),
  ];
  const policies = complete(written, issues);
  return { policies, places: findPlaces(apps), issues: sortIssues(issues, files) };
}

function isEdgeFile({ file }: PolicyText): boolean {
  return file.split(/[/\\]/).at(-1) === EDGE_FILE;
}

function check(rules: readonly Rule[], policies: WrittenPolicies): readonly Issue[] {
  return rules.flatMap((rule) => rule(policies));
}

function withoutRefusedGroups(
  edge: Parsed<WrittenEdge>,
  refusals: readonly Issue[],
): Parsed<WrittenEdge> {
  const issues = [...edge.issues, ...refusals];
  if (!edge.written) return { ...edge, issues };
  const refused = new Set(refusals.map((issue) => issue.group));
  const groups = Object.entries(edge.written.groups).filter(([name]) => !refused.has(name));
  const written = { ...edge.written, groups: Object.fromEntries(groups) };
  return { ...edge, written, issues };
}

function complete(written: WrittenPolicies, issues: readonly Issue[]): Policies {
  const refusedFiles = new Set(issues.filter(breaksFile).map((issue) => issue.file));
  const refusedEnvironments = new Set(issues.flatMap(ownersOf));
  const apps = listApps(written)
    .filter(({ source }) => !refusedFiles.has(source.file))
    .map((app) => completeApp(app.source, app.written));
  const { together = [], setup } = written.edge.written ?? {};
  return {
    groups: written.edge.written ? completeGroups(written.edge.source, written.edge.written) : [],
    ...(together.length > 0 && { together }),
    ...(setup && { setup: completeSetup(setup) }),
    apps: apps.map((app) => ({
      ...app,
      environments: app.environments.filter(
        ({ name }) => !refusedEnvironments.has(`${app.app}/${name}`),
      ),
    })),
  };
}

function breaksFile(issue: Issue): boolean {
  return ownersOf(issue).length === 0 && issue.group === undefined;
}

function ownersOf({ environment, environments = [] }: Issue): readonly string[] {
  return environment === undefined ? environments : [environment, ...environments];
}

function sortIssues(issues: readonly Issue[], files: readonly PolicyText[]): readonly Issue[] {
  const position = (issue: Issue) => files.findIndex(({ file }) => file === issue.file);
  return issues.toSorted(
    (a, b) => position(a) - position(b) || a.line - b.line || a.column - b.column,
  );
}
