/** What `together` of edge.yaml asks of the environments that it names. */
import { KEYS_PER_WRITE } from '../state/train.ts';
import type { Issue } from './issue.ts';
import { findNearest } from './nearest.ts';
import { findPlaces } from './places.ts';
import { listRequired } from './release-rules.ts';
import { completeRelease } from './release.ts';
import {
  issueAt,
  listEnvironments,
  type EnvironmentEntry,
  type Rule,
  type WrittenPolicies,
} from './written.ts';

export const TOGETHER_RULES: readonly Rule[] = [
  membersExist,
  membersAreInOneList,
  membersShareStore,
  membersGoInSteps,
  membersRequireNoMember,
  membersFitOneWrite,
];

const EXAMPLE = 'together: [[shop/prod, checkout/prod]]';

/** One environment where a list names it. */
interface Member {
  readonly id: string;
  readonly list: number;
  readonly index: number;
}

interface Found extends Member {
  readonly entry: EnvironmentEntry;
}

function listMembers({ edge }: WrittenPolicies): readonly (readonly Member[])[] {
  return (edge.written?.together ?? []).map((ids, list) =>
    ids.map((id, index) => ({ id, list, index })),
  );
}

/** Those that are among these files and can be used: what is to be said of the others is said there. */
function listFound(policies: WrittenPolicies): readonly (readonly Found[])[] {
  const entries = listEnvironments(policies);
  return listMembers(policies).map((members) =>
    members.flatMap((member) => {
      const entry = entries.find(({ id }) => id === member.id);
      return entry === undefined ? [] : [{ ...member, entry }];
    }),
  );
}

/** As long as something is wrong about one, nothing of its list may move by itself. */
function refuse(
  { edge: { source, written } }: WrittenPolicies,
  { list, index }: Member,
  { message, example = EXAMPLE }: Pick<Issue, 'message'> & Partial<Pick<Issue, 'example'>>,
): Issue {
  const environments = written?.together[list] ?? [];
  return issueAt(source, ['together', list, index], { message, example, environments });
}

function membersExist(policies: WrittenPolicies): readonly Issue[] {
  const { apps, isPart = false } = policies;
  const places = findPlaces(apps);
  const known = places.flatMap((place) => place.environments.map((name) => `${place.app}/${name}`));
  const isSure = !isPart && places.length === apps.length;
  const missing = listMembers(policies)
    .flat()
    .filter(({ id }) => !known.includes(id))
    .filter(({ id }) => isSure || places.some(({ app }) => id.startsWith(`${app}/`)));
  return missing.map((member) => {
    const nearest = findNearest(member.id, known);
    const hint =
      nearest === undefined ? `known: ${known.join(', ')}` : `did you mean "${nearest}"?`;
    return refuse(policies, member, {
      message: `no app has the environment "${member.id}"; ${hint}`,
      ...(nearest !== undefined && { example: nearest }),
    });
  });
}

function membersAreInOneList(policies: WrittenPolicies): readonly Issue[] {
  const all = listMembers(policies).flat();
  const second = all.filter((member) =>
    all.some((other) => other !== member && other.id === member.id),
  );
  return second.map((member) =>
    refuse(policies, member, {
      message: `"${member.id}" stands here more than once; what moves together is in one list`,
    }),
  );
}

/** One write is of one store, and Lambda@Edge reads none: there no two environments change at once. */
function membersShareStore(policies: WrittenPolicies): readonly Issue[] {
  const groups = policies.edge.written?.groups ?? {};
  return listFound(policies).flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { group } = first.entry.written.edge;
    const apart = others.filter(({ entry }) => entry.written.edge.group !== group);
    const isLambda = groups[group]?.runtime === 'lambda-edge';
    return [
      ...apart.map((member) =>
        refuse(policies, member, {
          message: `${member.id} is in edge group ${member.entry.written.edge.group}, ${first.id} in ${group}; one write is of one group's KeyValueStore`,
          example: `edge: { group: ${group}, distribution: ... }`,
        }),
      ),
      ...(isLambda
        ? [
            refuse(policies, first, {
              message: `edge group ${group} runs lambda-edge, which has no KeyValueStore: nothing there can move in one write`,
              example: 'runtime: cloudfront-functions',
            }),
          ]
        : []),
    ];
  });
}

function membersGoInSteps(policies: WrittenPolicies): readonly Issue[] {
  return listFound(policies).flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const pace = paceOf(first);
    return others
      .filter((member) => paceOf(member) !== pace)
      .map((member) => {
        const { entry } = first;
        const { line } = entry.source.locate([...entry.path, 'release']);
        const message = `${member.id} has other steps or another bake than ${first.id} (${entry.source.file}:${line}); what moves together has the same`;
        return refuse(policies, member, { message, example: pace });
      });
  });
}

/** Written differently it may still be the same: `60s` is `1m`. */
function paceOf({ entry }: Found): string {
  const { steps, bakeSeconds } = completeRelease(entry.written.release, 1);
  const written = steps.map(
    ({ weightBasisPoints, holdSeconds, minVisitors, approval }) =>
      `{ weight: ${weightBasisPoints / 100}%, hold: ${holdSeconds}s` +
      `${minVisitors === undefined ? '' : `, minVisitors: ${minVisitors}`}${approval ? ', approval: true' : ''} }`,
  );
  return `steps: [${written.join(', ')}], bake: ${bakeSeconds}s`;
}

/** One would wait for the other's release, which waits for both to go at once. */
function membersRequireNoMember(policies: WrittenPolicies): readonly Issue[] {
  return listFound(policies).flatMap((members) =>
    members.flatMap((member) => {
      const { app, id } = member.entry;
      const required = [...listRequired(member.entry)].map((name) => `${app.app}/${name}`);
      const [other] = members.filter((one) => required.includes(one.id));
      if (other === undefined) return [];
      const message = `${id} requires that ${other.id} was released before it, and moves together with it: neither would ever start`;
      return [refuse(policies, member, { message })];
    }),
  );
}

/** Each has the key of its distribution's own domain beside those of its hosts. */
function membersFitOneWrite(policies: WrittenPolicies): readonly Issue[] {
  return listFound(policies).flatMap((members) => {
    const [first] = members;
    const keys = members.reduce((sum, { entry }) => sum + entry.written.hosts.length + 1, 0);
    if (first === undefined || keys <= KEYS_PER_WRITE) return [];
    const message = `these have ${keys} keys (a host each, and one for each distribution), and one write takes ${KEYS_PER_WRITE}`;
    return [refuse(policies, first, { message })];
  });
}
