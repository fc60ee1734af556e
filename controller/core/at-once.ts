/** Does the same for each item, so many at once; results in the items' order. The first failure ends it. */
export async function mapAtOnce<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  make: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const limited = limitTo(atOnce);
  return Promise.all(items.map((item) => limited(() => make(item))));
}

/** Whatever is given to it waits until fewer than so many are under way. */
export function limitTo(atOnce: number): <Result>(make: () => Promise<Result>) => Promise<Result> {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  return async (make) => {
    if (underWay >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
    try {
      return await make();
    } finally {
      const next = waiting.shift();
      if (next === undefined) underWay -= 1;
      else next();
    }
  };
}
