/**
 * Stands for an object that is loaded when the first of its methods is called. Each of them must give a promise or an
 * async iterable. A load that failed is tried again by the next call.
 */
export function later<T extends object>(load: () => Promise<T>): T {
  const method =
    (name: string | symbol) =>
    (...args: unknown[]) => {
      const call = async () => {
        const loaded = (await load()) as Record<string | symbol, (...args: unknown[]) => unknown>;
        return await loaded[name]?.(...args);
      };
      const result = call();
      const each = async function* () {
        yield* (await result) as AsyncIterable<unknown>;
      };
      return Object.assign(result, { [Symbol.asyncIterator]: each });
    };
  // Whoever awaits it must not take it for a promise.
  const get = (own: T, name: string | symbol) => {
    if (name === 'then') return undefined;
    return Reflect.get(own, name) ?? method(name);
  };
  return new Proxy({} as T, { get });
}
