/** What `setup` says must be about something that policies say. */
import { findNearest } from './nearest.ts';
import type { Issue } from './issue.ts';
import type { WrittenSetup } from './setup-schema.ts';
import type { Path } from './shape.ts';
import { issueAt, listApps, listEnvironments, type Rule, type WrittenPolicies } from './written.ts';

/** A name in `setup`, and those that there are. */
interface Mention {
  readonly name: string;
  readonly path: Path;
  readonly known: readonly string[];
  readonly what: string;
}

function namesAreKnown(policies: WrittenPolicies): readonly Issue[] {
  const { source, written } = policies.edge;
  // Those of files that aren't given can't be known.
  if (written?.setup === undefined || policies.isPart === true) return [];
  return listMentions(written.setup, policies)
    .filter(({ name, known }) => name !== '*' && !known.includes(name))
    .map(({ name, path, known, what }) => {
      const nearest = findNearest(name, [...known]);
      const hint =
        nearest === undefined
          ? `known: ${known.join(', ') || 'none'}`
          : `did you mean "${nearest}"?`;
      const message = `setup: no policy has ${what} "${name}"; ${hint}`;
      return issueAt(source, path, { message, example: nearest ?? known[0] ?? name });
    });
}

function listMentions(setup: WrittenSetup, policies: WrittenPolicies): readonly Mention[] {
  const environments = listEnvironments(policies);
  const ids = environments.map(({ id }) => id);
  const apps = listApps(policies).map(({ written: { app } }) => app);
  const alarms = environments.flatMap(({ written }) =>
    written.guard.alarms.map(({ name }) => name),
  );
  const keysOf = (key: keyof WrittenSetup, part: object, rest: Pick<Mention, 'known' | 'what'>) =>
    Object.keys(part).map((name): Mention => ({ name, path: ['setup', key, name], ...rest }));
  const byEnvironment = { known: ids, what: 'an environment' };
  const byApp = { known: apps, what: 'an app' };
  return [
    ...keysOf('certificates', setup.certificates, byEnvironment),
    ...keysOf('apis', setup.apis, byEnvironment),
    ...keysOf('origins', setup.origins, byApp),
    ...keysOf('alarms', setup.alarms, { known: [...new Set(alarms)], what: 'an alarm' }),
    ...Object.keys(setup.github?.apps ?? {}).map((name): Mention => ({
      name,
      path: ['setup', 'github', 'apps', name],
      ...byApp,
    })),
    ...setup.existing.distributions.map((name, index): Mention => ({
      name,
      path: ['setup', 'existing', 'distributions', index],
      ...byEnvironment,
    })),
  ];
}

/** Of the app, first match wins: these would take its paths away. */
function apisLeaveTheApp({ edge }: WrittenPolicies): readonly Issue[] {
  const { source, written } = edge;
  return Object.entries(written?.setup?.apis ?? {}).flatMap(([id, behaviours]) =>
    Object.keys(behaviours)
      .filter((pattern) => /^\/?[*?/]*$/.test(pattern))
      .map((pattern) => {
        const message = `setup: ${pattern} would take every path of ${id} from its builds`;
        return issueAt(source, ['setup', 'apis', id, pattern], {
          message,
          example: '/api/*: https://api.example.com',
        });
      }),
  );
}

/** A distribution that exists has an id, and nobody but its owner knows it. */
function existingDistributionsAreNamed(policies: WrittenPolicies): readonly Issue[] {
  if (policies.isDeployed !== false) return [];
  const existing = policies.edge.written?.setup?.existing.distributions ?? [];
  return listEnvironments(policies)
    .filter(({ id, written }) => existing.includes(id) && written.edge.distribution === undefined)
    .map(({ id, source, path }) => {
      const message = `"distribution" is missing in edge; ${policies.edge.source.file} says that the one of ${id} exists`;
      return issueAt(source, [...path, 'edge'], {
        message,
        example: DISTRIBUTION,
        environment: id,
      });
    });
}

const DISTRIBUTION = 'distribution: E2QWRUHAPOMQZL';

/** Only bootstrap, which makes it, goes on without. */
function distributionsAreKnown(policies: WrittenPolicies): readonly Issue[] {
  if (policies.isDeployed === false) return [];
  return listEnvironments(policies)
    .filter(({ written }) => written.edge.distribution === undefined)
    .map(({ id, source, path }) => {
      const message =
        '"distribution" is missing in edge; `headgate bootstrap --deploy` makes one and writes its id here';
      return issueAt(source, [...path, 'edge'], {
        message,
        example: DISTRIBUTION,
        environment: id,
      });
    });
}

export const SETUP_RULES: readonly Rule[] = [
  namesAreKnown,
  apisLeaveTheApp,
  existingDistributionsAreNamed,
  distributionsAreKnown,
];
