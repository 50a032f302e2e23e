import type { ChannelId, DriverId, MallId, OrderId, RunId } from './ids.ts';
import type { Order } from './order.ts';
import { type Rejection, reject } from './rejection.ts';
import { type Instant, plusMinutes } from './time.ts';

/** What the shopper of a delivered order gives to whoever brought it: theirs to the last cent. */
export interface Tip {
  orderId: OrderId;
  version: number;
  channelId: ChannelId;
  mallId: MallId;
  amountCents: number;
  currency: string;
  shares: TipShare[];
  /** It may be raised until then. */
  until: Instant;
  givenAt: Instant;
  changedAt: Instant;
}

export interface TipShare {
  driverId: DriverId;
  /** On which they carried the order. */
  runId: RunId;
  amountCents: number;
}

export const usualTipCapCents = 10_000;
const editableMinutes = 24 * 60;

/** Gives a tip, or raises one, within a day of the order's end. The same amount again changes nothing. */
export function giveTip(
  order: Order,
  known: Tip | null,
  amountCents: number,
  capCents: number,
  now: Instant,
): Tip | Rejection {
  if (order.status !== 'delivered' || !order.endedAt) {
    return reject(
      'tip_not_possible',
      `Order ${order.id} is ${order.status}.`,
      'Send the tip once the order is delivered.',
    );
  }
  if (known?.amountCents === amountCents) return known;
  const until = known?.until ?? plusMinutes(order.endedAt, editableMinutes);
  if (now >= until) {
    return reject('tip_not_possible', `Tips for order ${order.id} were taken until ${until}.`, 'It stays as it is.', {
      current: { amountCents: known?.amountCents ?? 0 },
    });
  }
  if (amountCents < (known?.amountCents ?? 0)) {
    return reject('tip_not_possible', 'A tip that was given is not lowered.', 'Send the amount it has, or more.', {
      pointer: '/amountCents',
      current: { amountCents: known!.amountCents },
    });
  }
  if (amountCents > capCents) {
    return reject('tip_too_high', `A tip is ${capCents} cents at most.`, 'Ask the shopper whether they meant it.', {
      pointer: '/amountCents',
    });
  }
  return {
    orderId: order.id,
    version: known?.version ?? 0,
    channelId: order.channelId,
    mallId: order.mallId,
    amountCents,
    currency: order.currency,
    shares: sharesOf(order, amountCents),
    until,
    givenAt: known?.givenAt ?? now,
    changedAt: now,
  };
}

/**
 * Whole to the driver at the door. Where parcels went from driver to driver, in equal parts to each who had them; cents
 * that cannot be parted go one each to the last of them. So no share falls as the tip rises.
 */
function sharesOf({ handOvers = [], carriage }: Order, amountCents: number): TipShare[] {
  const carried = [...handOvers.flatMap(({ from, taken }) => (taken ? [from] : [])), ...(carriage ? [carriage] : [])];
  // Whoever had them twice counts once, as of the last time.
  const last = new Map<DriverId, RunId>();
  for (const { driverId, runId } of carried) {
    last.delete(driverId);
    last.set(driverId, runId);
  }
  const drivers = [...last];
  const each = Math.floor(amountCents / drivers.length);
  const whole = drivers.length - (amountCents % drivers.length);
  return drivers.map(([driverId, runId], index) => ({
    driverId,
    runId,
    amountCents: each + (index >= whole ? 1 : 0),
  }));
}
