/**
 * A text of at most so many characters, with a sign where there was more. Never half a character (an emoji is
 * two of JavaScript's): that GitHub refuses JSON with one is assumed.
 */
export function cutText(text: string, length: number, sign = '…'): string {
  if (text.length <= length) return text;
  return text.slice(0, length - sign.length).replace(/[\uD800-\uDBFF]$/, '') + sign;
}
