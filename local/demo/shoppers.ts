import type { Basket, ChannelActor } from '../actors/channel.ts';
import type { Dice } from '../actors/dice.ts';
import type { Actor } from '../actors/routine.ts';
import { metresBetween } from '../actors/travel.ts';
import type { Clock } from '../clock.ts';
import { goodsOf } from '../pilot/goods.ts';
import type { MallDocument } from '../pilot/mall-document.ts';
import { addressLine, type PilotAddress } from '../pilot/pilot.ts';
import { isOpen, openingOfDay } from './opening-hours.ts';

const firstNames = [
  'Ada',
  'Ben',
  'Chloé',
  'Dara',
  'Eli',
  'Fern',
  'Gus',
  'Hana',
  'Ivo',
  'June',
  'Kofi',
  'Lena',
  'Mo',
  'Nia',
];
const lastNames = [
  'Abara',
  'Brandt',
  'Castillo',
  'Dube',
  'Eriksen',
  'Fuller',
  'Greene',
  'Hoang',
  'Ito',
  'Jansen',
  'Khan',
];
const notes = [
  'Please ring twice.',
  'Leave it with the porter.',
  'The gate code is 2468.',
  'Mind the dog; it is friendly.',
];

export interface ShoppersOptions {
  clock: Clock;
  dice: Dice;
  channel: Pick<ChannelActor, 'place'>;
  malls: MallDocument[];
  addresses: PilotAddress[];
  /** Business seconds between two orders, over all malls. */
  everySeconds: readonly [least: number, most: number];
  /** No new order while as many are open. */
  mostOpen: number;
  openCount: () => number;
}

/** Everybody who buys something from the pilot malls: one calm stream of orders through one channel. */
export class Shoppers implements Actor {
  readonly id = 'shoppers';
  readonly #options: ShoppersOptions;
  #nextAt: number;

  constructor(options: ShoppersOptions) {
    this.#options = options;
    this.#nextAt = options.clock.now();
  }

  async step(): Promise<number> {
    const { clock, dice, channel, everySeconds, openCount, mostOpen } = this.#options;
    const now = clock.now();
    if (now < this.#nextAt) return this.#nextAt;
    this.#nextAt = now + dice.between(...everySeconds) * 1000;
    const open = this.#options.malls.filter((mall) => takesOrders(mall, now));
    if (open.length > 0 && openCount() < mostOpen) await channel.place(this.basket(dice.pick(open)));
    return this.#nextAt;
  }

  /** One to three stores, one or two things of each, a door within reach. */
  basket({ mall, stores }: MallDocument): Basket {
    const { dice, addresses } = this.#options;
    const near = addresses.filter(({ position }) => metresBetween(mall.position, position) < 8_000);
    const door = dice.pick(near);
    return {
      mallId: mall.id,
      promise: { kind: dice.chance(0.75) ? 'two_hour' : 'same_day' },
      goAhead: dice.chance(0.2) ? 'all_or_nothing' : 'deliver_what_you_can',
      doorProof: dice.chance(0.2) ? 'pin' : 'photo',
      pickups: dice.sample(stores, dice.pick([1, 1, 2, 2, 2, 3])).map(({ id, retailerId }) => ({
        storeId: id,
        lines: dice
          .sample(goodsOf(retailerId), dice.pick([1, 1, 2]))
          .map((good) => ({ ...good, quantity: dice.chance(0.85) ? 1 : 2 })),
      })),
      dropoff: {
        name: `${dice.pick(firstNames)} ${dice.pick(lastNames)}`,
        // 555-01xx is set aside for fiction.
        phone: `+148055501${String(dice.whole(0, 99)).padStart(2, '0')}`,
        address: addressLine(door),
        // A shop knows the place of most doors; an address that has to be looked up costs more than the rest of an order.
        ...(dice.chance(0.95) && { position: door.position }),
        ...(dice.chance(0.3) && { instructions: dice.pick(notes) }),
      },
    };
  }
}

/** Open, and early enough before closing that every store can still prepare. */
function takesOrders({ mall }: MallDocument, at: number): boolean {
  const lastOrderMs = 60 * 60_000;
  return isOpen(mall, at) && openingOfDay(mall, at)!.closesAt - at > lastOrderMs;
}
