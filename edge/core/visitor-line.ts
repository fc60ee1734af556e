import { answer } from './answer.ts';
import type { Answer } from './answer.ts';
import { readSlot } from './assign.ts';
import { chooseBuild } from './choose-build.ts';
import { PAGE_COOKIE, SLOT_COOKIE } from './cookies.ts';
import { readField } from './fields.ts';
import type { ReadableRoute } from './read-route.ts';
import { isNavigation } from './visitor.ts';
import type { Visitor } from './visitor.ts';

/** What a browser tells of a page. Anybody can ask for this path, so the answer says nothing. */
export function takeReport(route: ReadableRoute, visitor: Visitor): Answer {
  writeLine(route, visitor, chooseBuild(route, visitor, true), '?' + visitor.query);
  return answer(204, '');
}

/**
 * Leaves a line (`contract/visitor-line.ts`) for whoever can log it, unless this visitor or this request is
 * none that the guard counts. `report`: the query of one, with its question mark; without it a navigation
 * is on its way.
 */
// oxlint-disable-next-line max-params -- one object for them takes bytes that the budget has not
export function writeLine(
  route: ReadableRoute,
  visitor: Visitor,
  build: string,
  report?: string,
): void {
  const headers = visitor.headers;
  const cookies = visitor.cookies;
  const slot = readSlot(visitor);
  const canary = route.canary;
  // Of a canary that nobody gets there is nothing to learn either.
  const weight = canary && canary.weight;
  const kind = report ? (report[3] as string) : 'n';
  if (
    visitor.arm &&
    route.beacon &&
    (report
      ? (weight ? 'oerc' : 'erc').indexOf(kind) >= 0 &&
        // A link must not report.
        !isNavigation(headers) &&
        // Without cookies everybody would be somebody new.
        readField(cookies, SLOT_COOKIE) === '' + slot &&
        // The page may be of the step before, or of another tab.
        readField(cookies, PAGE_COOKIE) === build
      : weight &&
        // Fetched ahead: perhaps nobody will see it.
        !headers['sec-purpose'] &&
        // No frame, no worker. 0 for a document, and for browsers that don't say.
        !'document'.indexOf(readField(headers, 'sec-fetch-dest')))
  ) {
    visitor.line = `headgate 1 ${route.app} ${route.env} ${visitor.arm} ${kind} ${build} ${
      canary ? canary.salt + ' ' + weight : '0 0'
    } ${slot}`;
  }
}
