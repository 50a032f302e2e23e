import type { Driver } from '../domain/fleet.ts';
import {
  type Block,
  type BlockTerms,
  checkInOpensMinutes,
  checkInUntil,
  type Diary,
  forfeitMinutes,
} from '../domain/shift-block.ts';
import { plusMinutes } from '../domain/time.ts';

/** A block as operations see it. */
export function blockView(block: Block) {
  return { ...termsView(block), mallId: block.mallId, places: block.places, bookedBy: block.bookedBy };
}

/** A block as one driver sees it: nobody's name but what it is to them. */
export function blockOfDriverView(block: Block, { blocks = [] }: Pick<Driver, 'blocks'>, diary: Diary | null) {
  const isBooked = diary?.bookings.some(({ id }) => id === block.id);
  const isWorking = blocks.some(({ id }) => id === block.id);
  return {
    ...termsView(block),
    placesLeft: Math.max(0, block.places - block.bookedBy.length),
    yours: isWorking ? ('working' as const) : isBooked ? ('booked' as const) : null,
    forfeitUntil: plusMinutes(block.startsAt, -forfeitMinutes),
    checkInFrom: plusMinutes(block.startsAt, -checkInOpensMinutes),
    checkInUntil: checkInUntil(block),
  };
}

function termsView({ id, startsAt, endsAt, guaranteedCentsPerHour, currency }: BlockTerms) {
  return { id, startsAt, endsAt, guaranteedCentsPerHour, currency };
}
