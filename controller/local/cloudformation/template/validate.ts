import { ServiceError } from '../../service.ts';
import { invalid } from '../errors.ts';
import type { ResourceType } from '../resources/resource-type.ts';
import type { Values } from '../records.ts';
import { findReferences, type Reference } from './functions.ts';
import { dependenciesOf, sortOf } from './order.ts';
import { isPseudo } from './pseudo.ts';
import type { Template } from './template.ts';

export type Types = ReadonlyMap<string, ResourceType>;

/** Refuses what can be seen without knowing what anything refers to. */
export function validateTemplate(template: Template, types: Types): void {
  const { Resources, Outputs } = template;
  const unknown = Object.values(Resources)
    .map(({ Type }) => Type)
    .filter((type) => !types.has(type));
  if (unknown.length > 0) {
    throw invalid(
      `Template format error: Unrecognized resource types: [${[...new Set(unknown)].join(', ')}]`,
    );
  }
  for (const { DependsOn, Properties } of Object.values(Resources)) {
    const named = DependsOn.map((name) => ({ name, attribute: undefined }));
    refuseMissing(
      named.filter(({ name }) => !Object.hasOwn(Resources, name)),
      'Resources',
    );
    checkReferences(findReferences(Properties), { template, types, block: 'Resources' });
  }
  for (const { Value } of Object.values(Outputs)) {
    checkReferences(findReferences(Value), { template, types, block: 'Outputs' });
  }
  sortOf(dependenciesOf(template));
}

interface Where {
  readonly template: Template;
  readonly types: Types;
  readonly block: 'Resources' | 'Outputs';
}

function checkReferences(references: readonly Reference[], where: Where): void {
  const { template, types, block } = where;
  const { Resources, Parameters } = template;
  const refs = references.filter(({ attribute }) => attribute === undefined);
  refuseMissing(
    refs.filter(
      ({ name }) =>
        !Object.hasOwn(Resources, name) && !Object.hasOwn(Parameters, name) && !isPseudo(name),
    ),
    block,
  );
  for (const { name, attribute } of references) {
    if (attribute === undefined) continue;
    const declared = Resources[name];
    if (declared === undefined) {
      throw invalid(`Template error: instance of Fn::GetAtt references undefined resource ${name}`);
    }
    if (types.get(declared.Type)?.attributes.includes(attribute)) continue;
    throw invalid(
      `Template error: resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`,
    );
  }
}

function refuseMissing(missing: readonly Reference[], block: string): void {
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(({ name }) => name))].join(', ');
  throw invalid(
    `Template format error: Unresolved resource dependencies [${names}] in the ${block} block of the template`,
  );
}

/** The value of every parameter: given, or else the default. */
export function readParameters({ Parameters }: Template, given: Values): Values {
  const declared = Object.keys(Parameters);
  const odd = Object.keys(given).filter((name) => !declared.includes(name));
  if (odd.length > 0) throw invalid(`Parameters: [${odd.join(', ')}] do not exist in the template`);
  const values = Object.entries(Parameters).map(([name, { Default }]) => ({
    name,
    value: given[name] ?? Default,
  }));
  const empty = values.filter(({ value }) => value === undefined).map(({ name }) => name);
  if (empty.length > 0) throw invalid(`Parameters: [${empty.join(', ')}] must have values`);
  for (const { name, value = '' } of values) {
    const { Type, AllowedValues, AllowedPattern } = Parameters[name] ?? {};
    const isFine =
      (Type !== 'Number' || (value.trim() !== '' && Number.isFinite(Number(value)))) &&
      (AllowedValues?.includes(value) ?? true) &&
      (AllowedPattern === undefined || new RegExp(`^(?:${AllowedPattern})$`).test(value));
    if (!isFine) throw invalid(`Parameter ${name} failed to satisfy constraint: ${value}`);
  }
  return Object.fromEntries(values.map(({ name, value = '' }) => [name, value]));
}

/** Refuses IAM's resources when the caller didn't say that they may be there. */
export function checkCapabilities({ Resources }: Template, capabilities: readonly string[]): void {
  const iam = Object.values(Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
  const isNamed = iam.some(({ Properties }) => Properties['RoleName'] !== undefined);
  const needed = isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM';
  if (iam.length === 0 || capabilities.includes('CAPABILITY_NAMED_IAM')) return;
  if (capabilities.includes(needed)) return;
  throw new ServiceError(
    400,
    'InsufficientCapabilitiesException',
    `Requires capabilities : [${needed}]`,
  );
}
