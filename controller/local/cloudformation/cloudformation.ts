import type { output, ZodType } from 'zod';
import { defineOperation, type JsonOperation } from '../http/aws-json.ts';
import { createQueryService } from '../http/aws-query.ts';
import type { CloudClock, Disk, Service } from '../service.ts';
import * as changeSets from './change-sets.ts';
import { createChangeSet } from './create-change-set.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import { openRecords, type Records } from './records.ts';
import type { Clients } from './resources/clients.ts';
import * as shapes from './shapes.ts';
import * as stacks from './stacks.ts';
import type { Types } from './template/validate.ts';

export interface CloudFormationOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  /** Where the services are, and the keys of the account's owner: known once the endpoint listens. */
  readonly environment: () => Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

export interface CloudFormation extends Service {
  /** Goes on with what the last end of the cloud interrupted: the endpoint has to listen. */
  resume(): void;
  /** Lets every request that is under way end, while the endpoint still listens. */
  close(): Promise<void>;
}

/** CloudFormation: stacks by change sets, whose resources are made through the other services' own doors. */
export function createCloudFormation(options: CloudFormationOptions): CloudFormation {
  const { disk, clock, log } = options;
  const records = openRecords(disk);
  const handlers = openHandlers(options.environment);
  const engine = createEngine({ records, clock, log, load: handlers.load });
  const context = (region: string) => ({ records, clock, region, engine });
  const on = <Shape extends ZodType>(
    shape: Shape,
    run: (input: output<Shape>, context: changeSets.Context) => unknown,
  ): JsonOperation =>
    defineOperation(shape, (input, { region }) => run(input, context(region)), 'ValidationError');
  const service = createQueryService({
    signingName: 'cloudformation',
    namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    operations: {
      CreateChangeSet: on(shapes.createChangeSetShape, async (input, { region }) => {
        const handling = await handlers.load();
        return await createChangeSet(input, { records, clock, region, ...handling });
      }),
      DescribeChangeSet: on(shapes.describeChangeSetShape, changeSets.describeChangeSet),
      ExecuteChangeSet: on(shapes.executeChangeSetShape, changeSets.executeChangeSet),
      DeleteChangeSet: on(shapes.deleteChangeSetShape, changeSets.deleteChangeSet),
      DescribeStacks: on(shapes.describeStacksShape, stacks.describeStacks),
      ListStacks: on(shapes.listStacksShape, stacks.listStacks),
      DescribeStackEvents: on(shapes.eventsShape, stacks.describeEvents),
      DescribeStackResources: on(shapes.resourcesShape, stacks.describeResources),
      GetTemplate: on(shapes.getTemplateShape, stacks.getTemplate),
      GetTemplateSummary: on(shapes.summaryShape, stacks.summarizeTemplate),
      DeleteStack: on(shapes.deleteStackShape, stacks.deleteStack),
      UpdateTerminationProtection: on(shapes.protectionShape, stacks.protectStack),
    },
  });
  return { ...service, resume: () => resumeAll(records, engine), ...closing(engine, handlers) };
}

function resumeAll(records: Records, engine: Engine): void {
  for (const { uuid, operation } of records.stacks.values()) {
    if (operation !== undefined) engine.start(uuid);
  }
}

function closing(engine: Engine, handlers: Handlers) {
  return {
    async close() {
      await engine.close();
      handlers.destroy();
    },
  };
}

interface Handlers {
  load(): Promise<{ readonly types: Types; clientsOf(region: string): Clients }>;
  destroy(): void;
}

/** Resource types and clients, loaded by the first stack: most clouds never have one. */
function openHandlers(environment: () => Readonly<Record<string, string>>): Handlers {
  const known = new Map<string, Clients>();
  return {
    async load() {
      const { RESOURCE_TYPES, createClients } = await import('./resources/all.ts');
      return {
        types: RESOURCE_TYPES,
        clientsOf(region) {
          const clients = known.get(region) ?? createClients(environment(), region);
          known.set(region, clients);
          return clients;
        },
      };
    },
    destroy() {
      for (const clients of known.values()) clients.destroy();
    },
  };
}
