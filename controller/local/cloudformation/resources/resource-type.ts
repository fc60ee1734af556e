import type * as z from 'zod';
import type { Properties, Values } from '../records.ts';
import type { Clients } from './clients.ts';

/** Where and for whom a resource is handled. */
export interface At {
  readonly clients: Clients;
  readonly region: string;
  /** The same whenever this resource of this operation is made: what services tell a repeated call by. */
  readonly token: string;
  /** A name for what has none of its own: stack, logical id, random letters. */
  readonly generatedName: string;
  /** Until it is worth asking the service again. */
  wait(): Promise<void>;
}

export interface Change<Of> {
  readonly properties: Of;
  readonly former: Of;
}

/** One kind of resource: what it may be made of, and how the service is asked to make it. */
export interface ResourceType {
  readonly type: string;
  /** Members that aren't imitated are refused by name. */
  readonly shape: z.ZodType;
  /** What `Fn::GetAtt` knows. */
  readonly attributes: readonly string[];
  /** Properties whose change makes a new resource. */
  readonly createOnly: readonly string[];
  /** The property that is its physical id where it is given; only such resources can be imported. */
  readonly nameProperty: string | undefined;
  /** Its attributes; undefined: there is none. The properties may be as the template has them. */
  read(id: string, properties: Properties, at: At): Promise<Values | undefined>;
  create(properties: Properties, at: At): Promise<string>;
  update(id: string, change: Change<Properties>, at: At): Promise<void>;
  /** Goes on with what making or changing it takes, and tells whether it is over. Called again until it is. */
  settle(id: string, properties: Properties, at: At): Promise<boolean>;
  /** Deletes it, step by step: called again until it says that it is gone. */
  remove(id: string, properties: Properties, at: At): Promise<boolean>;
}

/** The same with its properties in their shape. */
export interface ResourceSpec<Shape extends z.ZodType> {
  readonly type: string;
  readonly shape: Shape;
  readonly attributes?: readonly string[];
  readonly createOnly?: readonly string[];
  readonly nameProperty?: string;
  read(id: string, properties: Properties, at: At): Promise<Values | undefined>;
  create(properties: z.output<Shape>, at: At): Promise<string>;
  /** Absent: `settle` makes every change. */
  update?(id: string, change: Change<z.output<Shape>>, at: At): Promise<void>;
  /** Absent: what the service answered is done. */
  settle?(id: string, properties: z.output<Shape>, at: At): Promise<boolean>;
  remove(id: string, properties: z.output<Shape>, at: At): Promise<boolean | void>;
}

export function defineResource<Shape extends z.ZodType>(spec: ResourceSpec<Shape>): ResourceType {
  const { type, shape, attributes = [], createOnly = [], nameProperty } = spec;
  const parse = (properties: Properties) => shape.parse(properties);
  return {
    type,
    shape,
    attributes,
    createOnly,
    nameProperty,
    read: spec.read,
    create: (properties, at) => spec.create(parse(properties), at),
    update: async (id, { properties, former }, at) =>
      await spec.update?.(id, { properties: parse(properties), former: parse(former) }, at),
    settle: async (id, properties, at) => (await spec.settle?.(id, parse(properties), at)) ?? true,
    remove: async (id, properties, at) => (await spec.remove(id, parse(properties), at)) ?? true,
  };
}

/** The answer, or undefined when the service says that it isn't there. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const MISSING = /^(NoSuch|NotFound|ResourceNotFound|EntityNotFound)|NotFound(Exception)?$/;

function isMissing(error: unknown): boolean {
  return error instanceof Error && MISSING.test(error.name);
}
