import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID, ServiceError, type CloudClock } from '../service.ts';
import { invalid } from './errors.ts';
import { setStack } from './engine/run.ts';
import { findStack } from './find.ts';
import { findImports } from './find-imports.ts';
import { planChanges, type Plan } from './plan-changes.ts';
import {
  presentOf,
  type ChangeSetRecord,
  type Records,
  type StackRecord,
  type Values,
} from './records.ts';
import type { Clients } from './resources/clients.ts';
import type { CreateChangeSetInput as Input } from './shapes.ts';
import { readBody } from './template-body.ts';
import { readTemplate, type Template } from './template/template.ts';
import {
  checkCapabilities,
  readParameters,
  validateTemplate,
  type Types,
} from './template/validate.ts';

export interface ChangeSetOptions {
  readonly records: Records;
  readonly clock: CloudClock;
  readonly region: string;
  readonly types: Types;
  clientsOf(region: string): Clients;
}

/** From CreateChangeSet until it is CREATE_COMPLETE or FAILED, before `speed`. */
const READY_SECONDS = 1;

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

interface Answer {
  readonly Id: string;
  readonly StackId: string | undefined;
}

/** CreateChangeSet: says what would change; of a new stack it makes an empty one, under review. */
export async function createChangeSet(input: Input, options: ChangeSetOptions): Promise<Answer> {
  const { records, region, clock } = options;
  const existing = findStack(records, region, input.StackName);
  const repeated = findRepeated(input, existing, records);
  if (repeated !== undefined) return answerRepeated(repeated, existing, input);
  checkState(input, existing);
  const stack = existing ?? newStack(input, options);
  const made = await prepare(input, { stack, existing }, options);
  const isOutdated = findStack(records, region, input.StackName) !== existing;
  // Somebody else was faster: it is planned anew, on what there is now.
  if (isOutdated || findRepeated(input, existing, records) !== undefined) {
    return await createChangeSet(input, options);
  }
  if (existing === undefined) {
    records.stacks.set(stack.uuid, stack);
    const journal = { records, clock, uuid: stack.uuid };
    setStack(journal, 'REVIEW_IN_PROGRESS', { reason: 'User Initiated' });
  }
  const changeSet = newChangeSet(stack, made, options);
  records.changeSets.set(changeSet.uuid, changeSet);
  return { Id: changeSet.id, StackId: stack.id };
}

interface Subject {
  readonly stack: StackRecord;
  readonly existing: StackRecord | undefined;
}

async function prepare(
  input: Input,
  { stack, existing }: Subject,
  options: ChangeSetOptions,
): Promise<Made> {
  const { records, types } = options;
  const body = await readBody(input, existing, options.clientsOf);
  const template = await readTemplate(body);
  validateTemplate(template, types);
  checkCapabilities(template, input.Capabilities);
  const parameters = readParameters(template, readGiven(input, existing));
  const present = presentOf(records, stack.uuid);
  const planned = planChanges({ stack, present, template, parameters, types });
  const plan = await withImports(planned, { template, input, options });
  return { input, body, parameters, plan };
}

function findRepeated(
  { ChangeSetName }: Input,
  stack: StackRecord | undefined,
  { changeSets }: Records,
): ChangeSetRecord | undefined {
  return changeSets.values().find((one) => one.stack === stack?.uuid && one.name === ChangeSetName);
}

/** A client that didn't hear the answer asks again. */
function answerRepeated(
  { id, clientToken, name }: ChangeSetRecord,
  stack: StackRecord | undefined,
  { ClientToken }: Input,
): Answer {
  if (ClientToken !== undefined && clientToken === ClientToken)
    return { Id: id, StackId: stack?.id };
  throw new ServiceError(400, 'AlreadyExistsException', `ChangeSet ${name} already exists`);
}

const UPDATABLE = /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/;

function checkState({ ChangeSetType, ChangeSetName, StackName }: Input, stack?: StackRecord): void {
  if (ChangeSetType === 'CREATE') {
    if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return;
    throw new ServiceError(
      400,
      'AlreadyExistsException',
      `Stack [${StackName}] already exists and cannot be created again with the changeSet [${ChangeSetName}].`,
    );
  }
  if (stack === undefined) throw invalid(`Stack [${StackName}] does not exist`);
  if (UPDATABLE.test(stack.status)) return;
  throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

function readGiven({ Parameters }: Input, stack?: StackRecord): Values {
  const pairs = Parameters.map(({ ParameterKey: key, ParameterValue, UsePreviousValue }) => {
    const value = UsePreviousValue === true ? stack?.parameters[key] : ParameterValue;
    if (value === undefined) throw invalid(`Parameters: [${key}] must have values`);
    return [key, value];
  });
  return Object.fromEntries(pairs);
}

function newStack(
  { StackName, Tags, Capabilities }: Input,
  options: ChangeSetOptions,
): StackRecord {
  const { region, clock } = options;
  if (StackName.startsWith('arn:')) throw invalid(`Stack [${StackName}] does not exist`);
  const uuid = randomUUID();
  return {
    uuid,
    id: `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:stack/${StackName}/${uuid}`,
    region,
    name: StackName,
    created: clock.now().getTime(),
    status: 'REVIEW_IN_PROGRESS',
    reason: 'User Initiated',
    isProtected: false,
    body: '',
    parameters: {},
    outputs: [],
    capabilities: Capabilities,
    tags: Tags,
    changeSetId: undefined,
  };
}

interface Asked {
  readonly template: Template;
  readonly input: Input;
  readonly options: ChangeSetOptions;
}

/** Additions that exist already, and are asked to be imported, become imports. */
async function withImports(plan: Plan, { template, input, options }: Asked): Promise<Plan> {
  if (!input.ImportExistingResources) return plan;
  const imports = await findImports(plan.changes, {
    ...options,
    template,
    clients: options.clientsOf(options.region),
  });
  const changes = plan.changes.map((change) => {
    const physicalId = imports.get(change.logicalId);
    return physicalId === undefined ? change : { ...change, physicalId, action: 'Import' as const };
  });
  return { ...plan, changes };
}

interface Made {
  readonly input: Input;
  readonly body: string;
  readonly parameters: Values;
  readonly plan: Plan;
}

function newChangeSet(
  stack: StackRecord,
  { input, body, parameters, plan }: Made,
  { region, clock }: ChangeSetOptions,
): ChangeSetRecord {
  const uuid = randomUUID();
  const created = clock.now().getTime();
  const { ChangeSetName: name, ClientToken: clientToken, Description: description } = input;
  const [issue] = plan.issues;
  const failure =
    issue === undefined
      ? plan.isEmpty
        ? NO_CHANGES
        : undefined
      : `Properties validation failed for resource ${plan.issues.join('; ')}`;
  return {
    id: `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:changeSet/${name}/${uuid}`,
    uuid,
    name,
    stack: stack.uuid,
    clientToken,
    description,
    created,
    ready: created + (READY_SECONDS * 1000) / clock.speed,
    failure,
    execution: failure === undefined ? 'AVAILABLE' : 'UNAVAILABLE',
    body,
    parameters,
    capabilities: input.Capabilities,
    tags: input.Tags,
    changes: failure === undefined ? plan.changes : [],
  };
}
