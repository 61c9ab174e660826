/**
 * Stands for an object that is loaded when the first of its methods is called. Each of them must give a promise or an
 * async iterable. A load that failed is tried again by the next call.
 */
export function lazy<T extends object>(load: () => Promise<T>): T {
  type Methods = Record<string | symbol, ((...args: unknown[]) => unknown) | undefined>;
  let loaded: Methods | undefined;

  const onceLoaded = (name: string | symbol, args: unknown[]) => {
    const call = async () => {
      loaded = (await load()) as Methods;
      return await loaded[name]?.(...args);
    };
    const result = call();
    // An iterable may never be read, and then nobody hears of a load that failed; whoever awaits or reads it still does.
    result.catch(() => {});
    const each = async function* () {
      yield* (await result) as AsyncIterable<unknown>;
    };
    return Object.assign(result, { [Symbol.asyncIterator]: each });
  };
  const method =
    (name: string | symbol) =>
    (...args: unknown[]) =>
      loaded ? loaded[name]?.(...args) : onceLoaded(name, args);
  // Whoever awaits it must not take it for a promise.
  const get = (own: T, name: string | symbol) => {
    if (name === 'then') return undefined;
    return Reflect.get(own, name) ?? method(name);
  };
  return new Proxy({} as T, { get });
}
