import { ServiceError } from '../service.ts';
import { childOf, textOf, type XmlElement } from './xml.ts';

/** Refuses settings that change what visitors get and that the edge doesn't know: better than ignoring them. */
export function refuseUnknownSettings(config: XmlElement, behaviours: readonly XmlElement[]): void {
  const restriction = childOf(childOf(config, 'Restrictions'), 'GeoRestriction');
  const used: readonly (readonly [setting: string, isUsed: boolean])[] = [
    ['OriginGroups', isFilled(childOf(config, 'OriginGroups'))],
    ['GeoRestriction', (textOf(restriction, 'RestrictionType') ?? 'none') !== 'none'],
    ['WebACLId', (textOf(config, 'WebACLId') ?? '') !== ''],
    ['Staging', textOf(config, 'Staging') === 'true'],
    ['TrustedSigners', behaviours.some((one) => isFilled(childOf(one, 'TrustedSigners')))],
    ['TrustedKeyGroups', behaviours.some((one) => isFilled(childOf(one, 'TrustedKeyGroups')))],
  ];
  const [unknown] = used.find(([, isUsed]) => isUsed) ?? [];
  if (unknown === undefined) return;
  const message = `The local cloud does not imitate ${unknown}.`;
  throw new ServiceError(400, 'UnsupportedOperation', message);
}

function isFilled(list: XmlElement): boolean {
  return Number(textOf(list, 'Quantity') ?? 0) > 0;
}
