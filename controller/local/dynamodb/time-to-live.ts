import * as z from 'zod';
import { defineOperation, type JsonOperation } from '../http/aws-json.ts';
import { invalid } from './expression.ts';
import { TableName, type Store } from './table-operations.ts';
import type { TableRecord, Tables, TimeToLive } from './table-store.ts';

const updateShape = z.strictObject({
  TableName,
  TimeToLiveSpecification: z.strictObject({
    AttributeName: z.string().min(1).max(255),
    Enabled: z.boolean(),
  }),
});

/** UpdateTimeToLive and DescribeTimeToLive. */
export function timeToLiveOperations({
  tables,
  clock,
}: Store): Readonly<Record<string, JsonOperation>> {
  return {
    UpdateTimeToLive: defineOperation(updateShape, (input, { region }) => {
      const table = tables.open(input.TableName, region);
      const { AttributeName: attribute, Enabled: enabled } = input.TimeToLiveSpecification;
      const wanted = { attribute, enabled, since: clock.now().getTime() };
      checkChange(tables, table, wanted);
      tables.save({ ...table, timeToLive: wanted });
      return { TimeToLiveSpecification: input.TimeToLiveSpecification };
    }),
    DescribeTimeToLive: defineOperation(z.strictObject({ TableName }), (input, { region }) => {
      const { timeToLive } = tables.open(input.TableName, region);
      if (timeToLive === undefined) {
        return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
      }
      return { TimeToLiveDescription: renderTimeToLive(timeToLive, tables) };
    }),
  };
}

function checkChange(tables: Tables, { timeToLive: now }: TableRecord, wanted: TimeToLive): void {
  if (now !== undefined && !tables.isSettled(now.since)) {
    throw invalid('Time to live has been modified multiple times within a fixed interval');
  }
  const isEnabled = now?.enabled ?? false;
  if (isEnabled === wanted.enabled) {
    throw invalid(`TimeToLive is already ${isEnabled ? 'enabled' : 'disabled'}`);
  }
  if (now !== undefined && isEnabled && now.attribute !== wanted.attribute) {
    throw invalid(`TimeToLive is active on a different AttributeName: ${now.attribute}`);
  }
}

function renderTimeToLive({ attribute, enabled, since }: TimeToLive, tables: Tables) {
  const settled = enabled ? 'ENABLED' : 'DISABLED';
  const status = tables.isSettled(since) ? settled : settled.replace('ED', 'ING');
  return {
    TimeToLiveStatus: status,
    ...(status === 'DISABLED' ? {} : { AttributeName: attribute }),
  };
}
