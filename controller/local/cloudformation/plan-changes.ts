import { isDeepStrictEqual } from 'node:util';
import { invalid } from './errors.ts';
import type { Change, Properties, ResourceRecord, StackRecord, Values } from './records.ts';
import type { ResourceType } from './resources/resource-type.ts';
import { isKnown, resolve } from './template/functions.ts';
import { dependenciesOf, sortOf } from './template/order.ts';
import { resolveOutputs } from './template/outputs.ts';
import { findPropertyIssues } from './template/properties.ts';
import { createScope } from './template/scope.ts';
import type { ResourceDeclaration, Template } from './template/template.ts';
import type { Types } from './template/validate.ts';

export interface PlanOptions {
  readonly stack: StackRecord;
  /** What the stack has. */
  readonly present: readonly ResourceRecord[];
  readonly template: Template;
  readonly parameters: Values;
  readonly types: Types;
}

export interface Plan {
  readonly changes: readonly Change[];
  /** Properties that would be refused. */
  readonly issues: readonly string[];
  /** Nothing at all would change, outputs and parameters included. */
  readonly isEmpty: boolean;
}

/** What carrying out a template would do to each resource, as far as it can be known before. */
export function planChanges(options: PlanOptions): Plan {
  const { stack, template, parameters, types } = options;
  const known = new Map(options.present.map((record) => [record.logicalId, record]));
  const scope = createScope({ stack, parameters, resourceOf: (id) => known.get(id) });
  const changes: Change[] = [];
  const issues: string[] = [];
  for (const logicalId of sortOf(dependenciesOf(template))) {
    const { declared, type } = declarationOf(template, types, logicalId);
    const properties = resolve(declared.Properties, scope) as Properties;
    issues.push(...findPropertyIssues(type, properties).map((issue) => `${logicalId}: ${issue}`));
    const change = compare(known.get(logicalId), { logicalId, declared, type, properties });
    if (change === undefined) continue;
    changes.push(change);
    // What will be another one has another id: whoever refers to it will change, too.
    if (change.replacement !== 'False') known.delete(logicalId);
  }
  const removed = options.present.filter(({ logicalId }) => !template.Resources[logicalId]);
  changes.push(...removed.map(describeRemoval));
  const isSame =
    isDeepStrictEqual(plain(resolveOutputs(template, scope)), plain(stack.outputs)) &&
    isDeepStrictEqual(parameters, stack.parameters);
  return { changes, issues, isEmpty: changes.length === 0 && isSame };
}

/** The declaration of a resource with its type, both of which validation has seen. */
export function declarationOf(template: Template, types: Types, logicalId: string) {
  const declared = template.Resources[logicalId];
  const type = types.get(declared?.Type ?? '');
  if (declared === undefined || type === undefined) throw new Error(`no resource ${logicalId}`);
  return { declared, type };
}

interface Wanted {
  readonly logicalId: string;
  readonly declared: ResourceDeclaration;
  readonly type: ResourceType;
  readonly properties: Properties;
}

function compare(record: ResourceRecord | undefined, wanted: Wanted): Change | undefined {
  const { logicalId, declared, type, properties } = wanted;
  const base = { logicalId, type: declared.Type, physicalId: record?.physicalId };
  const nothing = { properties: [], scope: [], recreating: [], replacement: undefined };
  if (record === undefined) return { ...base, ...nothing, action: 'Add' };
  if (record.type !== declared.Type) {
    throw invalid(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${logicalId}]`,
    );
  }
  const changed = changedProperties(record.properties, properties);
  const recreating = changed.filter((name) => type.createOnly.includes(name));
  const scope = [
    ...(changed.some((name) => name !== 'Tags') ? ['Properties'] : []),
    ...(changed.includes('Tags') ? ['Tags'] : []),
    ...(record.deletionPolicy === declared.DeletionPolicy ? [] : ['DeletionPolicy']),
    ...(record.replacePolicy === declared.UpdateReplacePolicy ? [] : ['UpdateReplacePolicy']),
  ];
  if (scope.length === 0) return undefined;
  const isSure = recreating.some((name) => isKnown(properties[name]));
  const replacement = recreating.length === 0 ? 'False' : isSure ? 'True' : 'Conditional';
  return { ...base, action: 'Modify', properties: changed, scope, recreating, replacement };
}

/** Names of the properties that differ, those that only one of the two has included. */
export function changedProperties(former: Properties, wanted: Properties): readonly string[] {
  const names = new Set([...Object.keys(former), ...Object.keys(wanted)]);
  return [...names].filter((name) => !isDeepStrictEqual(plain(former[name]), plain(wanted[name])));
}

function describeRemoval({ logicalId, physicalId, type }: ResourceRecord): Change {
  const nothing = { properties: [], scope: [], recreating: [], replacement: undefined };
  return { action: 'Remove', logicalId, physicalId, type, ...nothing };
}

/** As it would be after a while on disk. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
