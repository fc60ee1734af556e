import type { FunctionRun, FunctionRuntime } from '../function-runtime/runtime.ts';
import type { KeyValueStores } from '../keyvaluestore/stores.ts';
import { ServiceError, type CloudClock, type ServiceResponse } from '../service.ts';
import {
  checkIfMatch,
  NO_CONTENT,
  pageOf,
  xmlAnswer,
  type Call,
  type Routes,
  type XmlTree,
} from './call.ts';
import type { DistributionRecords } from './distribution-records.ts';
import {
  readDraft,
  readFunctionName,
  readStage,
  readTestEvent,
  RUNTIME,
} from './function-input.ts';
import { versionOf, type FunctionRecord, type Functions, type Stage } from './functions.ts';
import { checkQuantities, textOf } from './xml.ts';

export interface FunctionRouteOptions {
  readonly functions: Functions;
  readonly stores: KeyValueStores;
  readonly distributions: DistributionRecords;
  readonly runtime: FunctionRuntime;
  readonly clock: CloudClock;
}

export function createFunctionRoutes(options: FunctionRouteOptions): Routes {
  const { functions, distributions } = options;
  const summarize = (record: FunctionRecord, stage: Stage) =>
    summarizeFunction(record, stage, distributions);
  return {
    POST: (call) => createFunction(options, call),
    GET: (call) => {
      const stage = call.query.get('Stage');
      const listed = functions.records
        .values()
        .filter(({ live }) => stage !== 'LIVE' || live.length > 0);
      const value = pageOf(call, listed, {
        idOf: ({ name }) => name,
        as: 'FunctionSummary',
        item: (record) => summarize(record, readStage(stage)),
      });
      return xmlAnswer(200, 'FunctionList', { value });
    },
    'GET :id': ({ id, query }) => {
      const { code, tag } = versionOf(functions.find(id), readStage(query.get('Stage')));
      const headers = { 'content-type': 'application/octet-stream', etag: tag };
      return { status: 200, headers, body: code };
    },
    'GET :id/describe': ({ id, query }) => {
      const record = functions.find(id);
      const stage = readStage(query.get('Stage'));
      const headers = { etag: versionOf(record, stage).tag };
      return xmlAnswer(200, 'FunctionSummary', { value: summarize(record, stage), headers });
    },
    'PUT :id': (call) => updateFunction(options, call),
    'DELETE :id': (call) => deleteFunction(options, call),
    'POST :id/publish': (call) => {
      const record = functions.find(call.id);
      checkIfMatch(call, record.development.tag);
      const value = summarize(functions.publish(record), 'LIVE');
      return xmlAnswer(200, 'FunctionSummary', { value });
    },
    'POST :id/test': (call) => testFunction(options, call),
  };
}

function createFunction(options: FunctionRouteOptions, call: Call): ServiceResponse {
  const { functions, stores, distributions } = options;
  const body = call.body();
  checkQuantities(body);
  const name = readFunctionName(body);
  const draft = readDraft(body, stores);
  if (functions.records.get(name) !== undefined) {
    const message = `There is a function named ${name} already.`;
    throw new ServiceError(409, 'FunctionAlreadyExists', message);
  }
  const record = functions.create(name, draft);
  return xmlAnswer(201, 'FunctionSummary', {
    value: summarizeFunction(record, 'DEVELOPMENT', distributions),
    headers: { etag: record.development.tag, location: record.arn },
  });
}

function updateFunction(options: FunctionRouteOptions, call: Call): ServiceResponse {
  const { functions, stores, distributions } = options;
  const record = functions.find(call.id);
  checkIfMatch(call, record.development.tag);
  const body = call.body();
  checkQuantities(body);
  const updated = functions.update(record, readDraft(body, stores));
  return xmlAnswer(200, 'FunctionSummary', {
    value: summarizeFunction(updated, 'DEVELOPMENT', distributions),
    // Not a slip: this one operation of CloudFront spells it so, and the SDK reads only that.
    headers: { ettag: updated.development.tag },
  });
}

function deleteFunction(options: FunctionRouteOptions, call: Call): ServiceResponse {
  const { functions, distributions } = options;
  const record = functions.find(call.id);
  checkIfMatch(call, record.development.tag);
  if (distributions.referTo(record.arn)) {
    throw new ServiceError(409, 'FunctionInUse', `A distribution uses ${record.name}.`);
  }
  functions.records.remove(record.name);
  return NO_CONTENT;
}

function testFunction(options: FunctionRouteOptions, call: Call): ServiceResponse {
  const body = call.body();
  const stage = readStage(textOf(body, 'Stage'));
  const record = options.functions.find(call.id);
  const version = versionOf(record, stage);
  if (call.ifMatch !== version.tag) {
    const message = `The If-Match version is not the ETag of the stage ${stage}.`;
    throw new ServiceError(400, 'InvalidIfMatchVersion', message);
  }
  const run = options.runtime.run({
    code: version.code,
    event: readTestEvent(call, body),
    store: version.store === undefined ? undefined : options.stores.view(version.store),
    now: options.clock.now(),
  });
  const summary = summarizeFunction(record, stage, options.distributions);
  return xmlAnswer(200, 'TestResult', { value: { FunctionSummary: summary, ...renderRun(run) } });
}

function renderRun({ outcome, logs, meter }: FunctionRun): XmlTree {
  const message =
    outcome.kind !== 'failed'
      ? ''
      : outcome.by === 'execution'
        ? `The CloudFront function could not run: ${outcome.message}`
        : `The CloudFront function returned an invalid value: ${outcome.message}`;
  const { kind, ...output } = outcome;
  return {
    ComputeUtilization: meter.utilization,
    FunctionExecutionLogs: { member: logs },
    FunctionErrorMessage: message,
    FunctionOutput: kind === 'failed' ? '' : JSON.stringify(output),
  };
}

function summarizeFunction(
  record: FunctionRecord,
  stage: Stage,
  distributions: DistributionRecords,
): XmlTree {
  const version = versionOf(record, stage);
  const associations = version.store === undefined ? [] : [{ KeyValueStoreARN: version.store }];
  return {
    Name: record.name,
    Status: nameStatus(record, distributions),
    FunctionConfig: {
      Comment: version.comment,
      Runtime: RUNTIME,
      KeyValueStoreAssociations: {
        Quantity: associations.length,
        Items: { KeyValueStoreAssociation: associations },
      },
    },
    FunctionMetadata: {
      FunctionARN: record.arn,
      Stage: stage,
      CreatedTime: new Date(version.created).toISOString(),
      LastModifiedTime: new Date(version.modified).toISOString(),
    },
  };
}

function nameStatus(record: FunctionRecord, distributions: DistributionRecords): string {
  if (record.live.length === 0) return 'UNPUBLISHED';
  return distributions.referTo(record.arn) ? 'DEPLOYED' : 'UNASSOCIATED';
}
