import type { Disk } from '../service.ts';
import { openCollection, type Collection } from '../keyvaluestore/collection.ts';

export type Values = Readonly<Record<string, string>>;
export type Properties = Readonly<Record<string, unknown>>;

/** What is being done to a stack; it is on disk until it is over, so that another start goes on with it. */
export interface Operation {
  readonly kind: 'create' | 'update' | 'delete';
  readonly token: string;
  /** The client's, for the events. */
  readonly clientToken: string | undefined;
  readonly phase: 'forward' | 'rollback' | 'cleanup' | 'rollback-cleanup';
  readonly changeSetId: string | undefined;
  /** What the stack shall become; of `delete`: what it is. */
  readonly body: string;
  readonly parameters: Values;
  /** Logical ids of what exists already and shall belong to the stack. */
  readonly imports: readonly string[];
  /** DeleteStack's RetainResources. */
  readonly retain: readonly string[];
}

/** Times are milliseconds since 1970. */
export interface StackRecord {
  readonly uuid: string;
  /** Its ARN. */
  readonly id: string;
  readonly region: string;
  readonly name: string;
  readonly created: number;
  readonly updated?: number;
  readonly deleted?: number;
  readonly status: string;
  readonly reason: string | undefined;
  readonly isProtected: boolean;
  /** The template as it was sent; empty while nothing was ever carried out. */
  readonly body: string;
  readonly parameters: Values;
  readonly outputs: readonly OutputRecord[];
  readonly capabilities: readonly string[];
  readonly tags: readonly Tag[];
  readonly changeSetId: string | undefined;
  readonly operation?: Operation | undefined;
}

export interface OutputRecord {
  readonly OutputKey: string;
  readonly OutputValue: string;
  readonly Description: string | undefined;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** What a resource is made of, as far as the stack knows: what it was before a change, too. */
export interface ResourceState {
  /** undefined: nobody knows whether there is one. */
  readonly physicalId: string | undefined;
  /** As they were last resolved. */
  readonly properties: Properties;
  readonly attributes: Values;
  /** Logical ids. */
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: string;
  readonly replacePolicy: string;
}

export interface ResourceRecord extends ResourceState {
  /** Of the stack. */
  readonly uuid: string;
  /** The logical id; with `-old` or `-new` behind it of what shall go because another has its place. */
  readonly key: string;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly at: number;
  /** What the operation of this token does, or did, to it. */
  readonly step?: Step | undefined;
  /** Shall be deleted (`stack`: with its stack; `replaced`: something else took its place). */
  readonly doomed?: 'stack' | 'replaced' | 'removed' | 'undone' | undefined;
  /** Nothing is left of it but the memory. */
  readonly isGone?: boolean;
}

export interface Step {
  readonly operation: string;
  readonly kind: 'create' | 'import' | 'update' | 'replace';
  /** `called`: the service has taken the request, and may still be at work. */
  readonly state: 'started' | 'called' | 'done' | 'failed';
  readonly former?: ResourceState | undefined;
}

export interface ChangeSetRecord {
  /** Its ARN. */
  readonly id: string;
  readonly uuid: string;
  readonly name: string;
  /** Of the stack. */
  readonly stack: string;
  readonly clientToken: string | undefined;
  readonly description: string | undefined;
  readonly created: number;
  /** Until then it is CREATE_IN_PROGRESS. */
  readonly ready: number;
  readonly failure: string | undefined;
  readonly execution: string;
  readonly executedBy?: string | undefined;
  readonly body: string;
  readonly parameters: Values;
  readonly capabilities: readonly string[];
  readonly tags: readonly Tag[];
  readonly changes: readonly Change[];
}

export interface Change {
  readonly action: 'Add' | 'Modify' | 'Remove' | 'Import';
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  readonly replacement: 'True' | 'False' | 'Conditional' | undefined;
  /** Names of the properties that differ. */
  readonly properties: readonly string[];
  readonly scope: readonly string[];
  /** Those of `properties` whose change makes a new resource. */
  readonly recreating: readonly string[];
}

export interface EventRecord {
  readonly id: string;
  readonly number: number;
  readonly uuid: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly at: number;
  readonly status: string;
  readonly reason: string | undefined;
  readonly properties: string | undefined;
  readonly clientToken: string | undefined;
}

/** Stacks of all regions, what is in them, and what happened to them. */
export interface Records {
  readonly stacks: Collection<StackRecord>;
  readonly changeSets: Collection<ChangeSetRecord>;
  /** Of a stack: what it has, had and is about to lose. */
  resources(uuid: string): readonly ResourceRecord[];
  resource(uuid: string, key: string): ResourceRecord | undefined;
  saveResource(record: ResourceRecord): void;
  dropResource(record: ResourceRecord): void;
  /** Oldest first. */
  events(uuid: string): readonly EventRecord[];
  addEvent(event: Omit<EventRecord, 'number'>): void;
}

export function openRecords(disk: Disk): Records {
  const folder = 'cloudformation';
  const resources = openCollection<ResourceRecord>(disk, `${folder}/resources`);
  const events = openCollection<EventRecord>(disk, `${folder}/events`);
  const counts = new Map<string, number>();
  for (const { uuid, number } of events.values()) {
    counts.set(uuid, Math.max(counts.get(uuid) ?? 0, number));
  }
  return {
    stacks: openCollection<StackRecord>(disk, `${folder}/stacks`),
    changeSets: openCollection<ChangeSetRecord>(disk, `${folder}/change-sets`),
    resources: (uuid) => of(resources, uuid),
    resource: (uuid, key) => resources.get(`${uuid}/${key}`),
    saveResource: (record) => resources.set(`${record.uuid}/${record.key}`, record),
    dropResource: ({ uuid, key }) => resources.remove(`${uuid}/${key}`),
    events: (uuid) => of(events, uuid).toSorted((a, b) => a.number - b.number),
    addEvent(event) {
      const number = (counts.get(event.uuid) ?? 0) + 1;
      counts.set(event.uuid, number);
      events.set(`${event.uuid}/${number}`, { ...event, number });
    },
  };
}

function of<T extends { readonly uuid: string }>(all: Collection<T>, uuid: string): readonly T[] {
  return all.values().filter((one) => one.uuid === uuid);
}

/** What the stack has: not what is about to go, nor what went. */
export function presentOf(records: Records, uuid: string): readonly ResourceRecord[] {
  return records.resources(uuid).filter(({ doomed, isGone }) => !doomed && !isGone);
}
