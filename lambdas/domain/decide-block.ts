import { refuseToBegin } from './clearance.ts';
import { type Driver, newShift } from './fleet.ts';
import type { BlockId } from './ids.ts';
import { isRejection, type Rejection } from './rejection.ts';
import { beginBlock, type Diary, type Guarantee, settleBlocks } from './shift-block.ts';
import { type Decision, SituationDraft } from './situation.ts';
import type { Instant } from './time.ts';

/** The driver has come for a block that they booked: a shift begins, or goes on, with it. */
export function checkIn(
  driver: Driver,
  diary: Diary,
  blockId: BlockId,
  now: Instant,
): (Decision & { diary: Diary }) | Rejection {
  const draft = new SituationDraft({ orders: [], offer: null, run: null, driver }, now);
  const here = draft.driver!;
  if (here.blocks?.some(({ id }) => id === blockId)) return { ...draft.finish(), diary };
  const refusal = refuseToBegin(here, now);
  if (refusal) return refusal;
  const begun = beginBlock(diary, blockId, now);
  if (isRejection(begun)) return begun;
  here.blocks = [...(here.blocks ?? []), begun.work];
  if (!here.shift) {
    here.shift = { ...newShift(now), blockId };
    here.passedOn = [];
    draft.emit('driver', 'driver.shift_started', { blockId });
  }
  return { ...draft.finish(), diary: begun.diary };
}

/**
 * Settles the blocks that are over, with nobody doing anything, and ends the shift that began with one. A run under way
 * is waited for, and so is an open offer: the driver may still accept it.
 */
export function endBlocks(driver: Driver, now: Instant): Decision & { guarantees: Guarantee[] } {
  const draft = new SituationDraft({ orders: [], offer: null, run: null, driver }, now);
  const ending = draft.driver!;
  if (ending.openOfferId) return { ...draft.finish(), guarantees: [] };
  const { guarantees, left } = settleBlocks(ending, now);
  if (left.length > 0) ending.blocks = left;
  else delete ending.blocks;
  const isOver = guarantees.some(({ blockId }) => blockId === ending.shift?.blockId);
  if (isOver && !ending.activeRunId) {
    ending.shift = null;
    draft.emit('driver', 'driver.shift_ended', { reason: 'block_over' });
  }
  return { ...draft.finish(), guarantees };
}
