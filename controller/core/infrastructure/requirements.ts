/** For teams whose own tools make the resources: every setting that they must have. */
import { stringify } from 'yaml';
import { whyNotCompared } from '../doctor/compared.ts';
import { setupOf } from '../policy/setup.ts';
import { withSetup, type Facts, type InfrastructureFacts, type Piece } from './facts.ts';
import { wantedBehaviours } from './behaviours.ts';
import { listLeaves } from './leaves.ts';
import { nameResource } from './nouns.ts';
import { idOfEnvironment, ownEnvironments, placeOf } from './scope.ts';
import { listPieces } from './stacks.ts';
import { distributionOutput } from './names.ts';

export interface Requirement {
  /** `cache policy headgate-app`. */
  readonly name: string;
  readonly region: string;
  readonly type: string;
  readonly why: string;
  /** As CloudFormation spells them, references resolved to names in angle brackets. */
  readonly settings: unknown;
  /** Paths in `settings` that `headgate doctor` doesn't look at. */
  readonly unchecked: readonly string[];
}

/** All but roles, which `bootstrap --roles` has. */
export function listRequirements(facts: InfrastructureFacts): readonly Requirement[] {
  const whole = requiredFacts(facts);
  const pieces = listPieces(whole);
  const ids = new Map(
    ownEnvironments(whole).map((subject) => [
      distributionOutput(placeOf(subject)),
      subject.environment.edge.distribution ||
        `<id of the distribution of ${idOfEnvironment(subject)}>`,
    ]),
  );
  const names = new Map(
    pieces.map(({ id, resource }) => [id, ids.get(id) ?? `<${nameResource(resource)}>`]),
  );
  return pieces
    .filter(({ resource }) => !resource.Type.startsWith('AWS::IAM::'))
    .map((piece) => describe(piece, names));
}

export function renderRequirements(facts: InfrastructureFacts): string {
  const listed = listRequirements(facts);
  const whole = requiredFacts(facts);
  const served = ownEnvironments(whole).map((subject) => {
    const patterns = wantedBehaviours(whole, subject)
      .filter(({ isServed }) => isServed)
      .map(({ pattern }) => (pattern === '*' ? 'the default behaviour' : pattern));
    return `#   ${idOfEnvironment(subject)}: ${patterns.join(', ')}`;
  });
  return [
    [
      '# What your tools have to make, as CloudFormation spells it. Names in angle brackets are references.',
      '# `headgate doctor` compares it with what is live, by what it does and not letter by letter; lines that it does not',
      '# look at are named over each resource, with the reason.',
      '#',
      '# Leave the function associations of these behaviours to reconcile (Terraform: `lifecycle { ignore_changes }`',
      '# on them; a stack update that knows none takes them off, and reconcile puts them back):',
      ...served,
      '#',
      '# The code of the function is dist/lambda of Headgate. Roles: headgate bootstrap --roles',
    ].join('\n'),
    ...listed.map(renderRequirement),
  ].join('\n\n');
}

function renderRequirement(requirement: Requirement): string {
  const { name, region, why, type, settings, unchecked } = requirement;
  const reasons = new Set(unchecked.map((path) => whyNotCompared(type, path)));
  return [
    `# ${name} in ${region}: ${why}`,
    ...[...reasons].map((reason) => {
      const paths = unchecked.filter((path) => whyNotCompared(type, path) === reason);
      return `# doctor skips ${paths.join(', ')}: ${reason}`;
    }),
    stringify({ [name]: settings }, { lineWidth: 0 }).trimEnd(),
  ].join('\n');
}

/** What bootstrap would leave alone is just what others must have right. */
export function requiredFacts(facts: InfrastructureFacts): Facts {
  const { existing, ...setup } = setupOf(facts.policies);
  const nothing = { ...existing, distributions: [], buckets: [], keyValueStores: [], tables: [] };
  const policies = { ...facts.policies, setup: { ...setup, existing: nothing } };
  return withSetup({ ...facts, policies });
}

function describe(
  { region, resource, why }: Piece,
  names: ReadonlyMap<string, string>,
): Requirement {
  const { Tags: _tags, ...properties } = resource.Properties;
  const { Type: type } = resource;
  const settings = resolveNames(properties, names);
  return {
    name: nameResource(resource),
    region,
    type,
    why,
    settings,
    unchecked: listLeaves(settings).filter((path) => whyNotCompared(type, path) !== undefined),
  };
}

function resolveNames(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => resolveNames(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const [[key, inner] = []] = Object.entries(value);
  if (key === 'Ref') return names.get(String(inner)) ?? `<${String(inner)}>`;
  if (key === 'Fn::GetAtt' && Array.isArray(inner)) {
    const [id, attribute] = inner.map(String);
    return `<${attribute} of ${(names.get(String(id)) ?? String(id)).replaceAll(/[<>]/g, '')}>`;
  }
  if (key === 'Fn::Sub') {
    return String(inner)
      .replaceAll('${AWS::AccountId}', '<account>')
      .replaceAll(/\$\{([^}]+)\}/g, (_whole, id: string) => names.get(id) ?? `<${id}>`);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, resolveNames(item, names)]),
  );
}
