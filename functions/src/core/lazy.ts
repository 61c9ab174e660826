/**
 * Returns a proxy for an object that is loaded when one of its methods is first called. Each method must return a promise
 * or an async iterable. A failed load is retried by the next call.
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
    // An iterable may never be read, which must not cause an unhandled rejection. Awaiting or reading it still fails.
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
  // A `then` property would make `await` treat the proxy as a promise.
  const get = (own: T, name: string | symbol) => {
    if (name === 'then') return undefined;
    return Reflect.get(own, name) ?? method(name);
  };
  return new Proxy({} as T, { get });
}
