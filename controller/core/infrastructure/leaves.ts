/** The lines of a document: `Origins[].Id` for each of its values, each path once. */
export function listLeaves(value: unknown, path = ''): readonly string[] {
  return [...new Set(walk(value, path))];
}

function walk(value: unknown, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => walk(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  const dot = path === '' ? '' : '.';
  return Object.entries(value).flatMap(([name, item]) => walk(item, `${path}${dot}${name}`));
}
