import { distanceMetres, type Position } from './position.ts';
import { epochMs, type Instant, plusSeconds } from './time.ts';

/** Where a phone was, by its own clock, and how sure it is. */
export interface Fix {
  at: Instant;
  position: Position;
  accuracyMetres?: number | undefined;
}

/** Where a driver was lately, the oldest first, without two near each other in time except for the newest. */
export type Trail = readonly Fix[];

/** Why a position says nothing. */
export const ignoredWhy = ['known', 'future', 'too_old', 'impossible'] as const;
export type Ignored = Record<(typeof ignoredWhy)[number], number>;

/** The newest, and so many before it: an item of these stays below 1 KB, so that a report costs one write unit. */
const mostFixes = 22;
const apartSeconds = 90;
/** A phone that was offline tells of this much; what is older proves nothing any more. */
const longestSeconds = 2 * 3600;
/** Faster than any car on any street, plus what two fixes of a poor receiver may differ by. */
const mostMetresPerSecond = 60;
const slackMetres = 250;
/** After a gap as long, nobody can say which of two places was the wrong one. */
const jumpSeconds = 600;

/**
 * Takes in what a phone reports, in whatever order, however late and however often it comes; the same report again
 * changes nothing. The newest is where the driver is; older ones stay as evidence of where they were.
 */
export function addFixes(trail: Trail, reported: readonly Fix[], now: Instant): { trail: Trail; ignored: Ignored } {
  const ignored: Ignored = { known: 0, future: 0, too_old: 0, impossible: 0 };
  let kept = trail;
  for (const fix of [...reported].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    const why = refusalOf(kept, fix, now);
    if (why) ignored[why] += 1;
    else kept = withFix(kept, fix);
  }
  return { trail: kept, ignored };
}

/** The fix nearest in time, if it is near enough to say where the driver was then. */
export function fixNear(trail: Trail, at: Instant, withinSeconds: number): Fix | undefined {
  const apart = (fix: Fix) => Math.abs(epochMs(fix.at) - epochMs(at));
  const [nearest] = [...trail].sort((a, b) => apart(a) - apart(b));
  return nearest && apart(nearest) <= withinSeconds * 1000 ? nearest : undefined;
}

function refusalOf(trail: Trail, fix: Fix, now: Instant): keyof Ignored | undefined {
  if (fix.at > now) return 'future';
  const newest = trail.at(-1);
  if (fix.at < plusSeconds(now, -longestSeconds)) return 'too_old';
  const after = trail.findIndex(({ at }) => at >= fix.at);
  if (trail[after]?.at === fix.at) return 'known';
  const neighbours = after < 0 ? [newest] : [trail[after - 1], trail[after]];
  if (neighbours.some((other) => other && isJump(other, fix))) return 'impossible';
  const isLate = newest && fix.at < newest.at;
  // The newest is there to be shown and gives way; one that is late finds its place between the others.
  if (isLate && trail.slice(0, -1).some((other) => secondsApart(other, fix) < apartSeconds)) return 'known';
  return isLate && trail.length >= mostFixes && after === 0 ? 'too_old' : undefined;
}

function withFix(trail: Trail, fix: Fix): Trail {
  const newest = trail.at(-1);
  if (!newest) return [fix];
  const older = trail.slice(0, -1);
  if (fix.at < newest.at) {
    const sorted = [...older, fix].sort((a, b) => (a.at < b.at ? -1 : 1));
    return [...sorted, newest].slice(-mostFixes);
  }
  const last = older.at(-1);
  const stays = !last || secondsApart(last, newest) >= apartSeconds;
  return [...older, ...(stays ? [newest] : []), fix].slice(-mostFixes);
}

function isJump(one: Fix, other: Fix): boolean {
  const seconds = secondsApart(one, other);
  const reach = seconds * mostMetresPerSecond + slackMetres + (one.accuracyMetres ?? 0) + (other.accuracyMetres ?? 0);
  return seconds < jumpSeconds && distanceMetres(one.position, other.position) > reach;
}

function secondsApart(one: Fix, other: Fix): number {
  return Math.abs(epochMs(one.at) - epochMs(other.at)) / 1000;
}
