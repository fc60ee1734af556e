/** IAM's wildcards: `*` is any run of characters, also none, `?` is one. */

export const ARN_PARTS = 6;

export function fitsText(pattern: string, text: string): boolean {
  return toExpression(pattern).test(text);
}

/**
 * Of two ARNs each of the first five parts must fit by itself, so that `arn:aws:s3:*` is no pattern for
 * `arn:aws:s3:::bucket/key`; what follows the fifth colon is one part, whatever is in it.
 */
export function fitsArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const patterns = splitArn(pattern);
  const parts = splitArn(arn);
  if (patterns.length < ARN_PARTS || parts.length < ARN_PARTS) return false;
  return patterns.every((part, index) => fitsText(part, parts[index] ?? ''));
}

function splitArn(arn: string): readonly string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')].slice(
    0,
    parts.length,
  );
}

function toExpression(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\/-]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
