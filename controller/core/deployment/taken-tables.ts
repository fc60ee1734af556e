import type { Stack } from '../infrastructure/template.ts';
import type { StackChange } from './change.ts';

/**
 * Nothing tells a table that an earlier `--destroy` has kept from somebody else's, and the stack changes the settings of
 * either: so it is said, with the way out.
 */
export function describeTakenTables(
  { template, region }: Stack,
  changes: readonly StackChange[],
): readonly string[] {
  return changes
    .filter(({ action, type }) => action === 'import' && type === 'AWS::DynamoDB::GlobalTable')
    .map(({ logicalId }) => String(template.Resources[logicalId]?.Properties['TableName']))
    .map(
      (table) =>
        `Table ${table} is there already, and this stack of ${region} takes it over, with what is in it: right where an earlier --destroy has kept it. ` +
        `If it is somebody else's, name it in edge.yaml: setup: { existing: { tables: [${table}] } }; then headgate bootstrap --deploy --allow-replace lets go of it, and it stays.`,
    );
}
