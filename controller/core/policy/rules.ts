/** What one field can't tell: rules over all policies, each a small function. */
import { ROUTE_BYTES_LIMIT } from '../../../edge/contract/route.ts';
import { isPooled } from '../publish/path-pattern.ts';
import { ADOPTED_RULES } from './adopted-rules.ts';
import {
  appsHaveOneFile,
  distributionsServeOneEnvironment,
  hostsBelongToOneEnvironment,
  parametersBelongToOneEnvironment,
  rootsBelongToOneApp,
  storesBelongToOneGroup,
} from './claims.ts';
import { fieldsFitRuntime } from './group-rules.ts';
import { GUARD_RULES } from './guard-rules.ts';
import type { Issue } from './issue.ts';
import { completeApp } from './defaults.ts';
import { findNearest } from './nearest.ts';
import { ORIGIN_RULES } from './origin-rules.ts';
import { PROVENANCE_RULES } from './provenance-rules.ts';
import { PUBLISH_RULES } from './publish-rules.ts';
import { RELEASE_RULES } from './release-rules.ts';
import { measureRoute } from './route-bytes.ts';
import { SETUP_RULES } from './setup-rules.ts';
import { SMOKE_RULES } from './smoke-rules.ts';
import { VISITOR_RULES } from './visitor-rules.ts';
import { TOGETHER_RULES } from './together-rules.ts';
import { issueAt, listApps, listEnvironments, type Rule, type WrittenPolicies } from './written.ts';

/** Of `edge.yaml`; the groups they refuse are gone before the rules of the apps run. */
export const EDGE_RULES: readonly Rule[] = [fieldsFitRuntime, storesBelongToOneGroup];

export const APP_RULES: readonly Rule[] = [
  appsHaveOneFile,
  hostsBelongToOneEnvironment,
  distributionsServeOneEnvironment,
  parametersBelongToOneEnvironment,
  rootsBelongToOneApp,
  groupsExist,
  ...RELEASE_RULES,
  ...SMOKE_RULES,
  poolsAreSmall,
  ...PUBLISH_RULES,
  ...PROVENANCE_RULES,
  entryPagesAreNotPooled,
  ...VISITOR_RULES,
  ...GUARD_RULES,
  ...ADOPTED_RULES,
  ...ORIGIN_RULES,
  ...TOGETHER_RULES,
  ...SETUP_RULES,
  routesFit,
];

const POOL_PATTERNS_LIMIT = 5;
const POOL_EXAMPLE = 'pool: { include: [/assets/*] }';

function groupsExist(policies: WrittenPolicies): readonly Issue[] {
  const { source: edgeSource, written: edgeFile, issues } = policies.edge;
  const usable = Object.keys(edgeFile?.groups ?? {});
  return listEnvironments(policies)
    .filter(({ written }) => !usable.includes(written.edge.group))
    .map(({ id, source, path, written: { edge } }) => {
      const isBroken = !edgeFile || issues.some((issue) => issue.group === edge.group);
      const nearest = findNearest(edge.group, usable) ?? usable[0] ?? edge.group;
      return issueAt(source, [...path, 'edge', 'group'], {
        message: isBroken
          ? `group "${edge.group}" can't be used before the issues of ${edgeSource.file} are fixed`
          : `no group "${edge.group}" in ${edgeSource.file}; known: ${usable.join(', ') || 'none'}`,
        example: `group: ${isBroken ? edge.group : nearest}`,
        environment: id,
      });
    });
}

/** Each pattern is a cache behaviour of every distribution, and travels in every route. */
function poolsAreSmall(policies: WrittenPolicies): readonly Issue[] {
  return listApps(policies).flatMap(({ source, written: { pool } }) => {
    const count = pool.include.length + pool.exclude.length;
    if (count <= POOL_PATTERNS_LIMIT) return [];
    const message = `pool: ${count} patterns; include and exclude together take at most ${POOL_PATTERNS_LIMIT}`;
    return [issueAt(source, ['pool'], { message, example: POOL_EXAMPLE })];
  });
}

/** A pooled page would be the same for every build, and no function would choose one. */
function entryPagesAreNotPooled(policies: WrittenPolicies): readonly Issue[] {
  return listApps(policies).flatMap(({ source, written }) => {
    if (!isPooled(written, 'index.html')) return [];
    const message = 'pool: the patterns take in /index.html, but each build has its own';
    return [issueAt(source, ['pool'], { message, example: POOL_EXAMPLE })];
  });
}

function routesFit(policies: WrittenPolicies): readonly Issue[] {
  return listApps(policies).flatMap(({ source, written }) => {
    const app = completeApp(source, written);
    return app.environments.flatMap((environment) => {
      const { bytes, parts } = measureRoute(app, environment);
      if (bytes <= ROUTE_BYTES_LIMIT) return [];
      const shown = parts.map((part) => `${part.name} ${part.bytes}`);
      const issue = {
        message:
          `release: the largest route this leads to takes ${bytes} bytes, the limit is ${ROUTE_BYTES_LIMIT} ` +
          `(${shown.join(', ')}); shorten or drop some of it`,
        example: parts[0]?.example ?? '',
        environment: `${app.app}/${environment.name}`,
      };
      return [issueAt(source, ['environments', environment.name, 'release'], issue)];
    });
  });
}
