import { randomUUID } from 'node:crypto';
import type { Change, Records } from './records.ts';
import { declarationOf } from './plan-changes.ts';
import type { Clients } from './resources/clients.ts';
import type { Template } from './template/template.ts';
import type { Types } from './template/validate.ts';

export interface ImportOptions {
  readonly records: Records;
  readonly region: string;
  readonly types: Types;
  readonly clients: Clients;
  readonly template: Template;
}

/**
 * What a stack would add and is there already, by logical id: only what has a plain text for a name in
 * the template, is kept when its stack goes, and belongs to no stack.
 */
export async function findImports(
  changes: readonly Change[],
  options: ImportOptions,
): Promise<ReadonlyMap<string, string>> {
  const added = changes.filter(({ action }) => action === 'Add');
  const found = await Promise.all(
    added.map(async ({ logicalId }) => ({ logicalId, id: await findOne(logicalId, options) })),
  );
  return new Map(found.flatMap(({ logicalId, id }) => (id === undefined ? [] : [[logicalId, id]])));
}

async function findOne(
  logicalId: string,
  { records, region, types, clients, template }: ImportOptions,
): Promise<string | undefined> {
  const { declared, type } = declarationOf(template, types, logicalId);
  const name = type.nameProperty && declared.Properties[type.nameProperty];
  if (typeof name !== 'string' || declared.DeletionPolicy === 'Delete') return undefined;
  const isOwned = records.stacks
    .values()
    .filter((stack) => stack.region === region)
    .flatMap(({ uuid }) => records.resources(uuid))
    .some((one) => one.type === declared.Type && one.physicalId === name && one.isGone !== true);
  if (isOwned) return undefined;
  const at = { clients, region, token: randomUUID(), generatedName: '', wait: async () => {} };
  const isThere = (await type.read(name, declared.Properties, at)) !== undefined;
  return isThere ? name : undefined;
}
