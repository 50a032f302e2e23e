import { type LedgerEntry, lineTotalCents, type Order } from './order.ts';
import type { Instant } from './time.ts';

/**
 * Where every cent of an ended order goes. Each line is either `goods` (its parcel was handed to the recipient) or a
 * `refund`; the flat fee is charged when parcels left the mall and came to a door or back, not when they were lost or
 * never collected. The table in docs/settlement.md is this rule in words.
 */
export function settlementOf(order: Order, at: Instant): LedgerEntry[] {
  const delivered = new Set(
    order.parcels.filter((parcel) => parcel.state.at === 'recipient').flatMap((parcel) => parcel.lineIds),
  );
  const lines = order.pickups.flatMap((pickup) =>
    pickup.lines.map((line): LedgerEntry => {
      const kind = delivered.has(line.id) ? 'goods' : 'refund';
      return {
        key: `${kind}:${line.id}`,
        kind,
        amountCents: lineTotalCents(line),
        storeId: pickup.storeId,
        lineId: line.id,
        at,
      };
    }),
  );
  const carried = order.status === 'delivered' || order.status === 'returned';
  const providerId = order.carriage?.providerId;
  const fee = { key: 'fee', kind: 'fee', amountCents: order.feeCents, ...(providerId && { providerId }), at } as const;
  return carried ? [...lines, fee] : lines;
}
