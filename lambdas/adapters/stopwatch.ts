/**
 * Tells whether this process has computed for longer than `milliseconds` since it was started: its own time on a processor,
 * so that a search goes as far on a busy machine as on an idle one.
 */
export function processorStopwatch(milliseconds: number, usage = process.cpuUsage): () => boolean {
  const start = usage();
  return () => {
    const { user, system } = usage();
    return (user + system - start.user - start.system) / 1000 > milliseconds;
  };
}
