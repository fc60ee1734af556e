import { ServiceError } from '../service.ts';

/** The bytes a Range header asks for, both ends inclusive; undefined: all of them. Throws InvalidRange. */
export function cutRange(
  header: string | undefined,
  size: number,
): { readonly first: number; readonly last: number } | undefined {
  // Several ranges at once are answered with the whole object, as S3 does.
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const suffix = match[1] === '';
  const first = suffix ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const last = suffix || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (!suffix && match[2] !== '' && Number(match[2]) < first) return undefined;
  if (first < size && first <= last) return { first, last };
  throw new ServiceError(416, 'InvalidRange', 'The requested range is not satisfiable', {
    RangeRequested: header ?? '',
    ActualObjectSize: String(size),
  });
}
