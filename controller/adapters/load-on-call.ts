/**
 * A port of async verbs whose adapter is loaded by the first call: the AWS SDK and esbuild take
 * longer to load than `validate` takes to run.
 */
export function loadOnCall<Port extends object>(load: () => Promise<Port>): Port {
  let loaded: Promise<Port> | undefined;
  const call = async (verb: string | symbol, args: readonly unknown[]): Promise<unknown> => {
    const port = await (loaded ??= load());
    const method = Reflect.get(port, verb) as (...args: readonly unknown[]) => unknown;
    return method.apply(port, [...args]);
  };
  return new Proxy({} as Port, {
    // With a `then`, awaiting the port itself would call it.
    get: (_, verb) =>
      verb === 'then' ? undefined : (...args: readonly unknown[]) => call(verb, args),
  });
}
