import { openPickups, wantsDriver } from './order.ts';
import { expectedPayCents } from './pay.ts';
import type { SituationDraft } from './situation.ts';

/**
 * An order that no longer wants a driver leaves its open offer by itself, and so does a store that will not supply;
 * an offer with no order left is withdrawn. The version of the offer moves, so that an accept of what it was, with the
 * pay that it had, is refused.
 */
export function reviseOffer(draft: SituationDraft): void {
  const { offer } = draft;
  if (offer?.status !== 'open') return;
  const staying = offer.orderIds.filter((id) => {
    const order = draft.order(id);
    return order.offerId === offer.id && wantsDriver(order);
  });
  const stores = new Set(staying.flatMap((id) => openPickups(draft.order(id)).map(({ storeId }) => storeId)));
  const storeIds = offer.storeIds.filter((id) => stores.has(id));
  if (staying.length === offer.orderIds.length && storeIds.length === offer.storeIds.length) return;
  for (const id of offer.orderIds) {
    if (!staying.includes(id) && draft.order(id).offerId === offer.id) {
      draft.command(id, { type: 'withdraw_offer', offerId: offer.id, reason: 'no_longer_wanted' });
    }
  }
  if (staying.length === 0) {
    offer.status = 'withdrawn';
    offer.endedAt = draft.now;
    for (const driver of [draft.driver, draft.other?.driver, ...draft.rivals]) {
      if (driver?.openOfferId === offer.id) driver.openOfferId = null;
    }
    draft.emit('offer', 'offer.withdrawn', { orderIds: offer.orderIds });
    return;
  }
  offer.orderIds = staying;
  offer.storeIds = storeIds;
  offer.payCents = expectedPayCents(offer);
  delete offer.shownAs;
  draft.emit('offer', 'offer.changed', { orderIds: staying });
}
