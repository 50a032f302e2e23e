import type { OrderId, StoreId } from '../domain/ids.ts';
import type { Order } from '../domain/order.ts';
import { isParcelEnded } from '../domain/parcel.ts';
import { type Rejection, reject } from '../domain/rejection.ts';
import { epochMs, type Instant } from '../domain/time.ts';
import type { Database, Item, Write } from './database.ts';
import { keys } from './records.ts';
import { load } from './situations.ts';

/** Far longer than a parcel is under way; then TTL takes the claim. */
const claimSeconds = 30 * 86_400;

/**
 * At a counter, a label alone tells whose parcel it is: no two that are under way from one store may bear the same.
 * The claim on each label is written with the decision that makes the pickup ready, so that of two orders one wins;
 * it lasts while that order has an open parcel with the label.
 */
export async function claimLabels(
  database: Database,
  storeId: StoreId,
  orderId: OrderId,
  labels: readonly string[],
  now: Instant,
): Promise<Write[] | Rejection> {
  const distinct = [...new Set(labels)];
  const known = await Promise.all(distinct.map((label) => database.get(keys.label(storeId, label))));
  for (const [index, label] of distinct.entries()) {
    const holder = known[index]?.orderId as OrderId | undefined;
    if (!holder || holder === orderId || !(await isUnderWay(database, holder, storeId, label))) continue;
    return reject(
      'label_taken',
      `Label ${label} is on a parcel of another order, which is still under way.`,
      'Give this parcel a label of its own.',
      { pointer: `/parcels/${labels.indexOf(label)}/label` },
    );
  }
  // Its own claim as well: another order may be taking it over, now that its parcel was taken apart.
  return distinct.map((label, index) => claim(label, known[index]));

  function claim(label: string, before: Item | null | undefined): Write {
    const { pk, sk } = keys.label(storeId, label);
    const expiresAt = Math.floor(epochMs(now) / 1000) + claimSeconds;
    return {
      kind: 'put',
      table: 'requests',
      item: { pk, sk, version: (before?.version ?? 0) + 1, orderId, expiresAt },
      ifVersion: before?.version ?? 'absent',
    };
  }
}

async function isUnderWay(database: Database, orderId: OrderId, storeId: StoreId, label: string): Promise<boolean> {
  const order = await load<Order>(database.get(keys.order(orderId)));
  return Boolean(
    order?.parcels.some((parcel) => parcel.storeId === storeId && parcel.label === label && !isParcelEnded(parcel)),
  );
}
