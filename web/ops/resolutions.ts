import type { Inspection } from '../shared/contract/operations.ts';
import { count } from '../shared/format.ts';

export type Resolution =
  | 'resume'
  | 'reattempt'
  | 'return'
  | 'hand_over'
  | 'returned'
  | 'lost'
  | 'settle_hand_over'
  | 'cancel'
  | 'restart'
  | 'erase';

export interface Choice {
  resolution: Resolution;
  title: string;
  /** What it does, in words, for this very order. */
  effect: string;
  isGrave: boolean;
}

const endStatuses = ['delivered', 'returned', 'cancelled', 'failed'];

export function hasEnded(status: string): boolean {
  return endStatuses.includes(status);
}

/** What operations may decide about the order as it stands. The API has the last word. */
export function choicesFor({ order, attention, events, handOvers, driverHandOvers }: Inspection): Choice[] {
  const onBoard = order.parcels.filter(({ at }) => at === 'driver').length;
  const parcels = count(onBoard, 'parcel');
  const isHeld = order.status === 'held';
  const choices: (Choice | false)[] = [
    (isHeld || attention !== null) && {
      resolution: 'resume',
      title: 'Go on',
      effect: `The same driver carries on with what is on board (${parcels}) and gets two more hours for the door.`,
      isGrave: false,
    },
    (order.status === 'undeliverable' || isHeld) && {
      resolution: 'reattempt',
      title: 'Try the door again',
      effect: `The driver tries the door once more with what is on board (${parcels}), within two hours.`,
      isGrave: false,
    },
    isHeld && {
      resolution: 'hand_over',
      title: 'Hand over to another driver',
      effect: `Another driver is looked for within the hour, meets the one who has what is on board (${parcels}), and goes on with it. Who has it keeps what was earned.`,
      isGrave: false,
    },
    onBoard > 0 && {
      resolution: 'return',
      title: 'Send back',
      effect: `What is on board (${parcels}) goes back to the stores that packed it, and is refunded.`,
      isGrave: false,
    },
    isHeld && {
      resolution: 'returned',
      title: 'Declare returned',
      effect: `You have seen that everything (${parcels}) is back at the stores. The order ends, and what did not reach the door is refunded.`,
      isGrave: true,
    },
    isHeld && {
      resolution: 'lost',
      title: 'Declare lost',
      effect: `What is on board (${parcels}) counts as lost for good. The order ends, and what did not reach the door is refunded.`,
      isGrave: true,
    },
    [...handOvers, ...driverHandOvers].some(({ mismatchSince }) => mismatchSince) && {
      resolution: 'settle_hand_over',
      title: 'Settle the hand-over',
      effect: 'You have asked both sides about their records. Nothing about the order changes.',
      isGrave: false,
    },
    !hasEnded(order.status) && {
      resolution: 'cancel',
      title: 'Cancel the order',
      effect:
        onBoard > 0
          ? `The stores stop, and what is on board (${parcels}) goes back to them.`
          : 'The stores stop and put everything back on the shelf. Nothing is delivered, and everything is refunded.',
      isGrave: true,
    },
    !events.some(({ type }) => type === 'order.settled') && {
      resolution: 'restart',
      title: 'Restart the workflow',
      effect:
        'Nothing about the order changes: a new execution takes over and picks up where the order stands. For an execution that failed or is stuck.',
      isGrave: false,
    },
    hasEnded(order.status) &&
      !order.erasedAt && {
        resolution: 'erase',
        title: 'Erase who it was for',
        effect:
          'Name, address, phone, PIN and every photo of the door go for good, also for the shop and the shopper. Where the parcels went, and the money, stay.',
        isGrave: true,
      },
  ];
  return choices.filter((choice) => choice !== false);
}

/** Where drivers may meet, as the API takes it, and in words; the first unless something else is chosen. */
export const meetingPlaces = [
  ['', 'Where the driver was last seen, or else at the mall'],
  ['mall', 'At the pickup point of the mall'],
  ['place', 'At another place'],
] as const;

/** A place as maps copy it, latitude first, as the API takes it; null when it is none. */
export function positionOf(typed: string): [lon: number, lat: number] | null {
  const [lat = Number.NaN, lon = Number.NaN, ...more] = typed
    .split(',')
    .map((part) => Number(part.trim() || Number.NaN));
  const isOnEarth = Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  return isOnEarth && more.length === 0 ? [lon, lat] : null;
}

export const lossReasons = [
  ['no_show', 'The driver did not come'],
  ['breakdown', 'The vehicle broke down'],
  ['accident', 'An accident'],
  ['unreachable', 'The driver cannot be reached'],
  ['other', 'Something else'],
] as const;
