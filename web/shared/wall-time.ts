/** Wall-clock times as forms give them, in the zone of a mall. */

/**
 * The instant at which clocks in `zone` show `local` (`2026-11-22T14:05`), in epoch milliseconds; NaN for what is no time. Of
 * the two in autumn it is the first; what spring leaves out counts as by the clock before.
 */
export function epochMsOf(local: string, zone: string): number {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return Number.NaN;
  const [before, after] = [asUtc - dayMs, asUtc + dayMs].map((at) => asUtc - offsetMs(at, zone));
  return wallTime(before!, zone) === local || wallTime(after!, zone) !== local ? before! : after!;
}

/** What clocks in `zone` show then: `2026-11-22T14:05`. */
export function wallTime(at: number, zone: string): string {
  return new Date(at + offsetMs(at, zone)).toISOString().slice(0, 16);
}

const dayMs = 86_400_000;

/** How far clocks in `zone` are ahead of UTC. */
function offsetMs(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const shown = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
  return shown - Math.floor(at / 1000) * 1000;
}
