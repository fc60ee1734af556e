import { ServiceError } from '../service.ts';
import { invalidArgument } from './call.ts';
import { childOf, itemsOf, textOf, textsOf, type XmlElement } from './xml.ts';

export interface OriginGroup {
  readonly id: string;
  /** Ids of origins: the primary one, then the secondary one. */
  readonly members: readonly string[];
  readonly statusCodes: readonly number[];
}

/** The codes that failover can be configured for. */
export const FAILOVER_CODES: readonly number[] = [400, 403, 404, 416, 429, 500, 502, 503, 504];

export function originGroupsOf(config: XmlElement): readonly OriginGroup[] {
  return itemsOf(childOf(config, 'OriginGroups'), 'OriginGroup').map((group) => ({
    id: textOf(group, 'Id') ?? '',
    members: itemsOf(childOf(group, 'Members'), 'OriginGroupMember').map(
      (member) => textOf(member, 'OriginId') ?? '',
    ),
    statusCodes: textsOf(
      childOf(childOf(group, 'FailoverCriteria'), 'StatusCodes'),
      'StatusCode',
    ).map(Number),
  }));
}

/** Refuses groups that CloudFront refuses, and behaviours that can't have one. */
export function checkOriginGroups(config: XmlElement, behaviours: readonly XmlElement[]): void {
  const origins = itemsOf(childOf(config, 'Origins'), 'Origin').map((one) => textOf(one, 'Id'));
  const groups = originGroupsOf(config);
  const ids = [...origins, ...groups.map(({ id }) => id)];
  if (new Set(ids).size < ids.length) {
    throw invalidArgument('Two origins or origin groups have the same Id.');
  }
  for (const group of groups) checkGroup(group, origins);
  for (const behaviour of behaviours) {
    const isGrouped = groups.some(({ id }) => id === textOf(behaviour, 'TargetOriginId'));
    const methods = textsOf(childOf(behaviour, 'AllowedMethods'), 'Method');
    if (isGrouped && methods.some((method) => !['GET', 'HEAD', 'OPTIONS'].includes(method))) {
      throw invalidArgument(
        'The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group.',
      );
    }
  }
}

function checkGroup(group: OriginGroup, origins: readonly (string | undefined)[]): void {
  const { id, members, statusCodes } = group;
  if (id === '') throw invalidArgument('An origin group has no Id.');
  if (members.length !== 2 || members[0] === members[1]) {
    throw invalidArgument(`The origin group ${id} must have two members.`);
  }
  const unknown = members.find((member) => !origins.includes(member));
  if (unknown !== undefined) {
    const message = `The origin group ${id} names an origin that does not exist: ${unknown}`;
    throw new ServiceError(404, 'NoSuchOrigin', message);
  }
  const odd = statusCodes.find((code) => !FAILOVER_CODES.includes(code));
  if (statusCodes.length > 0 && odd === undefined) return;
  throw invalidArgument(
    `The origin group ${id} needs StatusCodes out of ${FAILOVER_CODES.join(', ')}.`,
  );
}
