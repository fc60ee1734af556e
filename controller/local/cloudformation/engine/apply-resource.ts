import { changedProperties, declarationOf } from '../plan-changes.ts';
import type { Properties, ResourceRecord, ResourceState, Step } from '../records.ts';
import type { ResourceType } from '../resources/resource-type.ts';
import { resolve } from '../template/functions.ts';
import { dependenciesOf } from '../template/order.ts';
import { findPropertyIssues } from '../template/properties.ts';
import { createScope } from '../template/scope.ts';
import type { Template } from '../template/template.ts';
import {
  atOf,
  describeFailure,
  Interrupted,
  ResourceFailed,
  setResource,
  settle,
  stackOf,
  stateOf,
  stepOf,
  typeOf,
  type Run,
} from './run.ts';

/** Makes one resource what the template says: new, changed in place, replaced, imported, or as it is. */
export async function applyResource(
  run: Run,
  template: Template,
  logicalId: string,
): Promise<void> {
  if (run.signal.aborted) throw new Interrupted();
  const known = run.records.resource(run.uuid, logicalId);
  const step = stepOf(run, known);
  if (known !== undefined && step !== undefined) return await goOn(run, known, step);
  const { declared, type } = declarationOf(template, run.types, logicalId);
  const parameters = run.operation.parameters;
  const resourceOf = (id: string) => run.records.resource(run.uuid, id);
  const scope = createScope({ stack: stackOf(run), parameters, resourceOf });
  const wanted: ResourceState = {
    physicalId: undefined,
    properties: resolve(declared.Properties, scope) as Properties,
    attributes: {},
    dependsOn: dependenciesOf(template).get(logicalId) ?? [],
    deletionPolicy: declared.DeletionPolicy,
    replacePolicy: declared.UpdateReplacePolicy,
  };
  if (known === undefined) return await add(run, type, { logicalId, wanted });
  await changeKnown(run, type, { known, wanted });
}

async function changeKnown(
  run: Run,
  type: ResourceType,
  { known, wanted }: { readonly known: ResourceRecord; readonly wanted: ResourceState },
): Promise<void> {
  const changed = changedProperties(known.properties, wanted.properties);
  const { physicalId, attributes } = known;
  const record = { ...known, ...wanted, physicalId, attributes };
  const base = { operation: run.operation.token, former: stateOf(known) };
  if (changed.length === 0) {
    const step = { ...base, kind: 'update', state: 'done' } as const;
    return run.records.saveResource({ ...record, step });
  }
  const isReplaced = changed.some((name) => type.createOnly.includes(name));
  const kind = isReplaced ? 'replace' : 'update';
  await change(run, kind, { ...record, step: { ...base, kind, state: 'started' } });
}

async function add(
  run: Run,
  { type }: ResourceType,
  { logicalId, wanted }: { readonly logicalId: string; readonly wanted: ResourceState },
): Promise<void> {
  const kind = run.operation.imports.includes(logicalId) ? 'import' : 'create';
  await change(run, kind, {
    ...wanted,
    uuid: run.uuid,
    key: logicalId,
    logicalId,
    type,
    status: '',
    reason: undefined,
    at: 0,
    step: { operation: run.operation.token, kind, state: 'started' },
  });
}

const WORDS = {
  create: ['CREATE', undefined],
  import: ['IMPORT', undefined],
  update: ['UPDATE', undefined],
  replace: [
    'UPDATE',
    'Requested update requires the creation of a new physical resource; hence creating one.',
  ],
} as const;

async function change(run: Run, kind: Step['kind'], wanted: ResourceRecord): Promise<void> {
  const [verb, reason] = WORDS[kind];
  const begun = setResource(run, { ...wanted, status: `${verb}_IN_PROGRESS` }, reason);
  await orFail(run, begun, verb, async () => {
    checkProperties(run, begun);
    const physicalId = await request(run, kind, begun);
    const called = {
      ...begun,
      physicalId,
      step: { ...startedStep(begun), state: 'called' } as const,
    };
    if (kind === 'create') setResource(run, called, 'Resource creation Initiated');
    else run.records.saveResource(called);
    await finish(run, called, verb);
  });
}

function startedStep({ step }: ResourceRecord): Step {
  if (step === undefined) throw new Error('a change without a step');
  return step;
}

function checkProperties(run: Run, record: ResourceRecord): void {
  const issues = findPropertyIssues(typeOf(run, record), record.properties);
  if (issues.length === 0) return;
  throw new ResourceFailed(
    `Properties validation failed for resource ${record.logicalId} with message: ${issues.join(', ')}`,
  );
}

/** Asks the service; returns the physical id. */
async function request(run: Run, kind: Step['kind'], record: ResourceRecord): Promise<string> {
  const type = typeOf(run, record);
  const at = atOf(run, record.logicalId);
  const { properties, physicalId = '' } = record;
  if (kind === 'update') {
    const former = record.step?.former?.properties ?? properties;
    await type.update(physicalId, { properties, former }, at);
    return physicalId;
  }
  const name = type.nameProperty && properties[type.nameProperty];
  if (typeof name !== 'string') return await type.create(properties, at);
  // A name of the template's own is free only when the former resource is gone, which comes last.
  if (kind === 'replace' && name === physicalId) {
    throw new ResourceFailed(
      `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`,
    );
  }
  const isThere = (await type.read(name, properties, at)) !== undefined;
  if (kind !== 'import' && isThere) throw alreadyExists(record.type, name);
  if (kind !== 'import') return await type.create(properties, at);
  if (isThere) return name;
  throw new ResourceFailed(`Resource ${name} does not exist.`);
}

function alreadyExists(type: string, id: string): Error {
  const message = `Resource of type '${type}' with identifier '${id}' already exists.`;
  return Object.assign(new Error(message), { name: 'AlreadyExists' });
}

/** Waits until the service is done, and remembers what can be asked of the resource. */
async function finish(run: Run, record: ResourceRecord, verb: string): Promise<void> {
  // Importing changes nothing, whatever the template says.
  if (record.step?.kind !== 'import') await settle(run, record);
  const at = atOf(run, record.logicalId);
  const id = record.physicalId ?? '';
  const attributes = (await typeOf(run, record).read(id, record.properties, at)) ?? {};
  const step = { ...startedStep(record), state: 'done' } as const;
  setResource(run, { ...record, attributes, step, status: `${verb}_COMPLETE` });
}

/** After a restart: what the service has taken is waited for, changes are asked for again, the rest failed. */
async function goOn(run: Run, record: ResourceRecord, { kind, state }: Step): Promise<void> {
  if (state === 'done') return;
  if (state === 'failed') throw new ResourceFailed(record.reason ?? '');
  const [verb] = WORDS[kind];
  await orFail(run, record, verb, async () => {
    if (state === 'called') return await finish(run, record, verb);
    if (kind !== 'update') {
      throw new ResourceFailed(
        'Internal failure: the local cloud ended while this was being made.',
      );
    }
    await request(run, kind, record);
    await finish(run, record, verb);
  });
}

// oxlint-disable-next-line max-params -- reads as the sentence it is: or, of this record, that verb failed
async function orFail(
  run: Run,
  record: ResourceRecord,
  verb: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const reason = describeFailure(error, run.operation.token);
    const latest = run.records.resource(run.uuid, record.key) ?? record;
    const step = { ...startedStep(latest), state: 'failed' } as const;
    setResource(run, { ...latest, step, status: `${verb}_FAILED` }, reason);
    throw new ResourceFailed(reason);
  }
}
