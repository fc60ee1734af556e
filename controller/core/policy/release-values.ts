/** Values of releases and freezes: how each is written, and what a message says of it. */
import { text } from './text.ts';

// A step may wait for people instead.
export const hold = text(
  /^(approval|(?!0+(\.0+)?[smhd]$)\d{1,5}(\.\d{1,9})?[smhd])$/,
  'a duration above zero (a number and s, m, h or d), or approval',
  '10m',
);

// Ours is about the edge, and answers for no build.
export const requestPath = text(
  /^(?!\/_headgate(\/|$))\/[!-"$-~]{0,254}$/,
  'a path with a slash first, at most 255 characters, not below /_headgate',
  '/',
);

export const instant = text(
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/,
  'an ISO 8601 time with Z or an offset',
  '2026-12-20T00:00+01:00',
);

export const week = text(
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01]\d|2[0-3]):[0-5]\d - (Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01]\d|2[0-3]):[0-5]\d$/,
  'two times of the week (Mon to Sun, 00:00 to 23:59) with " - " between them',
  'Fri 16:00 - Mon 08:00',
);

// Not an abbreviation: CET is a zone too, and has no summer time.
export const zone = text(
  /^(UTC|[A-Z][A-Za-z]{1,31}(\/[A-Za-z0-9_+-]{1,32}){1,2})$/,
  'a time zone of the IANA database, or UTC',
  'Europe/Berlin',
);
