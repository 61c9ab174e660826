/** Returns the first items whose bytes together are at most `most`. If the first item alone is larger, returns it alone. */
export function takeBySize<T>(items: T[], bytesOf: (item: T) => number, most: number): T[] {
  let bytes = 0;
  const end = items.findIndex((item, index) => {
    bytes += bytesOf(item);
    return bytes > most && index > 0;
  });
  return end < 0 ? items : items.slice(0, end);
}

/** Splits items into portions of at most `most` bytes, in order. A larger item is a portion of its own. */
export function splitBySize<T>(items: T[], bytesOf: (item: T) => number, most: number): T[][] {
  const portions: T[][] = [];
  for (let rest = items; rest.length > 0; ) {
    const portion = takeBySize(rest, bytesOf, most);
    portions.push(portion);
    rest = rest.slice(portion.length);
  }
  return portions;
}
