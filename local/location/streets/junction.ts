import { type RoadClass, roadClasses } from './street-file.ts';

/** One way through a junction of three roads or more. */
export interface Movement {
  from: RoadClass;
  to: RoadClass;
  /** The greatest of the roads that are neither. */
  other: RoadClass;
  /** Degrees from going straight on, to the right positive. */
  angle: number;
}

/**
 * Seconds on average at the line for a road that has to give way to one of each class; at an arterial that is a signal,
 * half of its red. Speed limits know nothing of it, so a drive at the limit through a town would be twice too fast.
 * Rules of thumb within level of service B to C of the Highway Capacity Manual (10 to 35 s at a signal).
 */
const givesWay: Record<RoadClass, number> = { local: 2, collector: 6, arterial: 14, ramp: 0, freeway: 0 };
const straightOnDegrees = 35;
/** On the right one slips into a gap or turns on red; to the left one lets those who come pass. */
const right = { share: 0.6, more: 2 };
const left = { share: 1.3, more: 4 };
/** Where a road ends, one turns round. */
export const turnRoundSeconds = 20;

export function junctionSeconds({ from, to, other, angle }: Movement): number {
  const isFast = (it: RoadClass) => it === 'freeway' || it === 'ramp';
  if (isFast(to)) return from === 'freeway' || from === 'ramp' ? 0 : turned(angle, givesWay.collector);
  const rank = (it: RoadClass) => roadClasses.indexOf(isFast(it) ? 'arterial' : it);
  const greatest = Math.max(rank(other), rank(to));
  const isStraightOn = Math.abs(angle) <= straightOnDegrees;
  // Straight on along the greater road one goes first.
  if (isStraightOn && rank(other) < rank(from)) return 0;
  return turned(angle, givesWay[roadClasses[Math.max(greatest, 0)]!]);
}

function turned(angle: number, wait: number): number {
  if (Math.abs(angle) <= straightOnDegrees) return wait;
  const { share, more } = angle > 0 ? right : left;
  return wait * share + more;
}
