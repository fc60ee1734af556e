/** For teams whose own tools make the resources: every setting that they must have. */
import { stringify } from 'yaml';
import { setupOf } from '../policy/setup.ts';
import { withSetup, type Facts, type InfrastructureFacts, type Piece } from './facts.ts';
import { wantedBehaviours } from './behaviours.ts';
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
}

/** All but roles, which `bootstrap --roles` has. */
export function listRequirements(facts: InfrastructureFacts): readonly Requirement[] {
  const whole = withNothing(facts);
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
  const whole = withNothing(facts);
  const served = ownEnvironments(whole).map((subject) => {
    const patterns = wantedBehaviours(whole, subject)
      .filter(({ isServed }) => isServed)
      .map(({ pattern }) => (pattern === '*' ? 'the default behaviour' : pattern));
    return `#   ${idOfEnvironment(subject)}: ${patterns.join(', ')}`;
  });
  return [
    [
      '# What your tools have to make, as CloudFormation spells it. Names in angle brackets are references.',
      '# `headgate doctor` says what of it is missing where a release needs it.',
      '#',
      '# Leave the function associations of these behaviours to reconcile (Terraform: `lifecycle { ignore_changes }`',
      '# on them; a stack update that knows none takes them off, and reconcile puts them back):',
      ...served,
      '#',
      '# The code of the function is dist/lambda of Headgate. Roles: headgate bootstrap --roles',
    ].join('\n'),
    ...listed.map(
      ({ name, region, why, settings }) =>
        `# ${name} in ${region}: ${why}\n${stringify({ [name]: settings }, { lineWidth: 0 }).trimEnd()}`,
    ),
  ].join('\n\n');
}

/** What bootstrap would leave alone is just what others must have right. */
function withNothing(facts: InfrastructureFacts): Facts {
  const { existing, ...setup } = setupOf(facts.policies);
  const nothing = { ...existing, distributions: [], buckets: [], keyValueStores: [], tables: [] };
  const policies = { ...facts.policies, setup: { ...setup, existing: nothing } };
  return withSetup({ ...facts, policies });
}

function describe(
  { region, resource, why }: Piece,
  names: ReadonlyMap<string, string>,
): Requirement {
  const { Tags: _tags, ...settings } = resource.Properties;
  return {
    name: nameResource(resource),
    region,
    type: resource.Type,
    why,
    settings: resolveNames(settings, names),
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
