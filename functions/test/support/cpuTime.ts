/** The CPU time that this process spends on `run`, in milliseconds: other processes on the machine do not count. */
export function cpuTimeOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
