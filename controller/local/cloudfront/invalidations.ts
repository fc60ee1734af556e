import { openCollection } from '../keyvaluestore/collection.ts';
import { newTag } from '../keyvaluestore/tag.ts';
import { ServiceError, type CloudClock, type Disk } from '../service.ts';
import {
  invalidArgument,
  pageOf,
  xmlAnswer,
  type Call,
  type Routes,
  type XmlTree,
} from './call.ts';
import type { DistributionRecords } from './distribution-records.ts';
import { checkQuantities, childOf, textOf, textsOf } from './xml.ts';

export interface Invalidation {
  readonly id: string;
  readonly distributionId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly callerReference: string;
  readonly paths: readonly string[];
}

export interface Invalidations {
  /** Of one distribution, oldest first. */
  of(distributionId: string): readonly Invalidation[];
  save(invalidation: Invalidation): void;
  isCompleted(invalidation: Invalidation): boolean;
  /** Whether what a distribution's edge stored at `storedAt` (milliseconds) has been invalidated since. */
  isInvalidated(distributionId: string, path: string, storedAt: number): boolean;
}

/** From CreateInvalidation until Completed, before `speed` (assumed: minutes on AWS). */
const COMPLETE_SECONDS = 3;

export function openInvalidations(disk: Disk, clock: CloudClock): Invalidations {
  const records = openCollection<Invalidation>(disk, 'cloudfront/invalidation');
  const of = (id: string) => records.values().filter(({ distributionId }) => distributionId === id);
  const isCompleted = ({ at }: Invalidation) =>
    at <= clock.now().getTime() - (COMPLETE_SECONDS * 1000) / clock.speed;
  return {
    of,
    save: (invalidation) => records.set(invalidation.id, invalidation),
    isCompleted,
    isInvalidated: (distributionId, path, storedAt) =>
      of(distributionId).some(
        (one) =>
          storedAt <= one.at &&
          isCompleted(one) &&
          one.paths.some((pattern) => covers(pattern, path)),
      ),
  };
}

export interface InvalidationRouteOptions {
  readonly invalidations: Invalidations;
  readonly distributions: DistributionRecords;
  readonly clock: CloudClock;
}

/** CreateInvalidation, GetInvalidation and ListInvalidations. */
export function createInvalidationRoutes(options: InvalidationRouteOptions): Routes {
  const { invalidations, distributions, clock } = options;
  const listOf = (id: string) => {
    if (distributions.get(id) !== undefined) return invalidations.of(id);
    const message = 'The specified distribution does not exist.';
    throw new ServiceError(404, 'NoSuchDistribution', message);
  };
  const summarize = (one: Invalidation) => ({
    Id: one.id,
    CreateTime: new Date(one.at).toISOString(),
    Status: invalidations.isCompleted(one) ? 'Completed' : 'InProgress',
  });
  const render = (one: Invalidation) => ({ ...summarize(one), ...renderBatch(one) });
  return {
    'POST :id/invalidation': (call) => {
      const one = readInvalidation(call, listOf(call.id), clock.now().getTime());
      invalidations.save(one);
      const headers = { location: one.id };
      return xmlAnswer(201, 'Invalidation', { value: render(one), headers });
    },
    'GET :id/invalidation': (call) => {
      const page = { idOf, as: 'InvalidationSummary', item: summarize };
      return xmlAnswer(200, 'InvalidationList', { value: pageOf(call, listOf(call.id), page) });
    },
    'GET :id/invalidation/:sub': ({ id, subId }) => {
      const found = listOf(id).find((one) => one.id === subId);
      if (found !== undefined) return xmlAnswer(200, 'Invalidation', { value: render(found) });
      const message = 'The specified invalidation does not exist.';
      throw new ServiceError(404, 'NoSuchInvalidation', message);
    },
  };
}

function idOf({ id }: Invalidation): string {
  return id;
}

function renderBatch({ paths, callerReference }: Invalidation): XmlTree {
  const Paths = { Quantity: paths.length, Items: { Path: [...paths] } };
  return { InvalidationBatch: { Paths, CallerReference: callerReference } };
}

/** An identical request made again is the same invalidation. */
function readInvalidation(call: Call, earlier: readonly Invalidation[], at: number): Invalidation {
  const body = call.body();
  checkQuantities(body);
  const paths = textsOf(childOf(body, 'Paths'), 'Path');
  const callerReference = textOf(body, 'CallerReference') ?? '';
  const wrong = paths.find((path) => !/^\/[^*]*\*?$/.test(path));
  if (paths.length === 0 || wrong !== undefined) {
    throw invalidArgument('Your request contains one or more invalid invalidation paths.');
  }
  if (callerReference === '') throw invalidArgument('The parameter CallerReference is missing.');
  const same = earlier.find((one) => one.callerReference === callerReference);
  if (same === undefined) {
    return { id: newTag('I'), distributionId: call.id, at, callerReference, paths };
  }
  if (JSON.stringify(same.paths) === JSON.stringify(paths)) return same;
  throw invalidArgument('The CallerReference was used already, for other paths.');
}

function covers(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}
