import type { Cohort } from '../contract/route.ts';
import { readField } from './fields.ts';
import type { Visitor } from './visitor.ts';

/** True when all of the cohort's conditions hold. One without conditions that are known here has nobody in it. */
export function isMember(cohort: Cohort, visitor: Visitor): boolean {
  const cookie = cohort.cookie;
  const header = cohort.header;
  const country = cohort.country;
  const ranges = cohort.ip;
  const sent = cookie && readField(visitor.cookies, cookie[0]);
  const ip = visitor.ip;
  const fails =
    (cookie && (!sent || sent !== (cookie[1] || sent))) ||
    (header && readField(visitor.headers, header[0]) !== header[1]) ||
    (country && country.indexOf(readField(visitor.headers, 'cloudfront-viewer-country')) < 0) ||
    // A range is a whole address, or its beginning up to a separator.
    (ranges &&
      !ranges.some((range) => ip === range || (!ip.indexOf(range) && /[.:]$/.test(range))));
  return !fails && !!(cookie || header || country || ranges);
}
