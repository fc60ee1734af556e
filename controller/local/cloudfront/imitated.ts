import { ServiceError } from '../service.ts';
import { childOf, itemsOf, textOf, type XmlElement } from './xml.ts';

/** Refuses settings that change what visitors get and that the edge doesn't know: better than ignoring them. */
export function refuseUnknownSettings(config: XmlElement, behaviours: readonly XmlElement[]): void {
  const restriction = childOf(childOf(config, 'Restrictions'), 'GeoRestriction');
  const used: readonly (readonly [setting: string, isUsed: boolean])[] = [
    ['GeoRestriction', (textOf(restriction, 'RestrictionType') ?? 'none') !== 'none'],
    ['WebACLId', (textOf(config, 'WebACLId') ?? '') !== ''],
    ['Staging', textOf(config, 'Staging') === 'true'],
    ['OriginAccessIdentity', usesOriginAccessIdentity(config)],
    ['SelectionCriteria', usesMediaQuality(config)],
    ['TrustedSigners', behaviours.some((one) => isFilled(childOf(one, 'TrustedSigners')))],
    ['TrustedKeyGroups', behaviours.some((one) => isFilled(childOf(one, 'TrustedKeyGroups')))],
  ];
  const [unknown] = used.find(([, isUsed]) => isUsed) ?? [];
  if (unknown === undefined) return;
  const message = `The local cloud does not imitate ${unknown}.`;
  throw new ServiceError(400, 'UnsupportedOperation', message);
}

/** What origin access controls are the successor of. */
function usesOriginAccessIdentity(config: XmlElement): boolean {
  return itemsOf(childOf(config, 'Origins'), 'Origin').some(
    (origin) => (textOf(childOf(origin, 'S3OriginConfig'), 'OriginAccessIdentity') ?? '') !== '',
  );
}

function usesMediaQuality(config: XmlElement): boolean {
  return itemsOf(childOf(config, 'OriginGroups'), 'OriginGroup').some(
    (group) => (textOf(group, 'SelectionCriteria') ?? 'default') !== 'default',
  );
}

function isFilled(list: XmlElement): boolean {
  return Number(textOf(list, 'Quantity') ?? 0) > 0;
}
