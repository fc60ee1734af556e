import { matchPattern } from '../../../edge/core/rewrite.ts';
import { sortNewest } from '../publish/latest.ts';
import { BUILD_PATTERN, isUntrusted } from '../state/build.ts';

/** Folders whose names can be build numbers, the newest first; `app` and `edge` are folders of Headgate's. */
export function findCandidates(folders: readonly string[], app: string): readonly string[] {
  return sortNewest(
    folders.filter(
      (name) => BUILD_PATTERN.test(name) && !isUntrusted(name) && !['edge', app].includes(name),
    ),
  );
}

/** The folder that all paths of a pattern are in: `static/` of `/static/*`, '' of `*.js`. */
export function folderOf(pattern: string): string {
  const literal = pattern.replace(/^\//, '').replace(/[*?].*$/, '');
  return literal.slice(0, literal.lastIndexOf('/') + 1);
}

/** Whether one of these files (no leading slash) is asked for by that behaviour. */
export function hasMatch(pattern: string, files: Iterable<string>): boolean {
  const wide = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
  for (const file of files) if (matchPattern(wide, `/${file}`)) return true;
  return false;
}
