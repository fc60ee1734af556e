/** `2026-03-01T00:01:00.000Z` as `2026-03-01 00:01 UTC`, wherever it stands in a text for people. */
export function readTimes(text: string): string {
  return text
    .replaceAll(/\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z/g, '$1 $2 UTC')
    .replaceAll(/(\d\d:\d\d):00 UTC/g, '$1 UTC');
}
