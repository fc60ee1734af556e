/** Rules for the guard. */
import { perEnvironment, type Breach } from './breach.ts';
import type { Issue } from './issue.ts';
import {
  issueAt,
  listEnvironments,
  type EnvironmentEntry,
  type Rule,
  type WrittenPolicies,
} from './written.ts';

export const GUARD_RULES: readonly Rule[] = [
  perEnvironment(enoughAlarms),
  perEnvironment(visitorsAreSeen),
  beaconsAreOfFunctions,
];

/** More than there are would be a guard that can't fail anything. */
function enoughAlarms({ written: { guard } }: EnvironmentEntry): readonly Breach[] {
  const { alarms, needed } = guard;
  if (needed <= Math.max(alarms.length, 1)) return [];
  const message = `needed: ${needed} of ${alarms.length} alarms can never be in ALARM`;
  return [{ at: ['guard', 'needed'], message, example: `needed: ${Math.max(alarms.length, 1)}` }];
}

/** Without the beacon nobody counts them. */
function visitorsAreSeen({ written: { guard, release } }: EnvironmentEntry): readonly Breach[] {
  if (guard.beacon !== undefined) return [];
  return release.steps.flatMap(({ minVisitors }, index) => {
    if (minVisitors === undefined) return [];
    const message = `minVisitors: visitors are counted with \`guard.beacon\` only, and there is none`;
    const at = ['release', 'steps', index, 'minVisitors'];
    return [{ at, message, example: 'guard: { beacon: hold }' }];
  });
}

/** Lambda@Edge logs in every region that it runs in, which nobody reads. */
function beaconsAreOfFunctions(policies: WrittenPolicies): readonly Issue[] {
  const groups = policies.edge.written?.groups ?? {};
  return listEnvironments(policies).flatMap(({ id, source, path, written: { guard, edge } }) => {
    if (guard.beacon === undefined || groups[edge.group]?.runtime !== 'lambda-edge') return [];
    const message =
      `beacon: group "${edge.group}" runs on Lambda@Edge, whose logs lie in many regions; ` +
      'visitors are counted where CloudFront Functions run only';
    const example = 'runtime: cloudfront-functions';
    return [issueAt(source, [...path, 'guard', 'beacon'], { message, example, environment: id })];
  });
}
