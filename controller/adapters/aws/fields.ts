/** The string at this path of a value of unknown shape; undefined when it isn't there or empty. */
export function readText(value: unknown, ...path: readonly string[]): string | undefined {
  const found = readField(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** Whatever is at this path of a value of unknown shape. */
export function readField(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}

/** A field that AWS always sends, though the SDK's types say it may be absent. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`AWS answered without ${name}`);
  return value;
}
