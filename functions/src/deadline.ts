/** What `work` gives, or what `late` gives (or throws) after `milliseconds`. The work itself goes on. */
export async function within<T, L>(milliseconds: number, work: Promise<T>, late: () => L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const alarm = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return await Promise.race([work, alarm.then(late)]).finally(() => clearTimeout(timer));
}
