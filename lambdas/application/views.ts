import { versionShown } from '../domain/asked.ts';
import type { Eta } from '../domain/eta/eta.ts';
import type { Driver, Offer, Run, Stop } from '../domain/fleet.ts';
import { currentStops, openStops } from '../domain/fleet.ts';
import type { StoreId } from '../domain/ids.ts';
import { lateStoreChoices } from '../domain/late-store.ts';
import { basketCents, type Custody, hasEnded, type Order, pickupOf } from '../domain/order.ts';
import { isParcelEnded } from '../domain/parcel.ts';
import { expectedPay, payTotalCents, stopsOffered } from '../domain/pay.ts';
import { plusSeconds } from '../domain/time.ts';
import type { Tip } from '../domain/tip.ts';

/** What the channel sees of its order. Nothing personal: name, address and phone are what the channel told us. */
export function orderView(order: Order) {
  return {
    id: order.id,
    externalId: order.externalId,
    mallId: order.mallId,
    zone: order.zone,
    status: order.status,
    partial: order.partial,
    endReason: order.endReason,
    placedAt: order.placedAt,
    updatedAt: order.updatedAt,
    endedAt: order.endedAt,
    erasedAt: order.erasedAt,
    promise: order.promise,
    rescheduled: order.rescheduled,
    goAhead: order.goAhead,
    doorProof: order.doorProof,
    vehicle: order.vehicle,
    providers: order.providers,
    pickups: order.pickups.map((pickup) => ({
      storeId: pickup.storeId,
      storeName: pickup.storeName,
      status: pickup.status,
      readyAt: pickup.readyAt,
      readyAtSource: pickup.readyAtSource,
      reason: pickup.reason,
      lines: pickup.lines,
      missingLineIds: pickup.missingLineIds,
    })),
    parcels: order.parcels.map((parcel) => ({
      id: parcel.id,
      storeId: parcel.storeId,
      label: parcel.label,
      at: parcel.state.at,
      toReturn: parcel.toReturn,
    })),
    decisions: (order.decisions ?? []).map(({ askedAt: _, ...decision }) => ({
      ...decision,
      options: lateStoreChoices,
    })),
    custody: order.custody && custodyOf(order, order.custody),
    driverId: order.carriage?.driverId,
    providerId: order.carriage?.providerId,
    door: order.door && {
      deliveredAt: order.door.deliveredAt,
      undeliverable: order.door.undeliverable,
      away: order.door.away,
    },
    basketCents: basketCents(order),
    feeCents: order.feeCents,
    currency: order.currency,
    ledger: order.ledger,
    version: order.version,
  };
}

/** As its shopper and its channel see it: of the stores it waits for, those that are no part of it have no name. */
export function etaOfOwn(eta: Eta, order: Order): Eta {
  const isOwn = (storeId: string | undefined) => order.pickups.some((pickup) => pickup.storeId === storeId);
  return {
    ...eta,
    causes: eta.causes.map(({ kind, storeId, seconds }) => ({
      kind,
      ...(storeId && isOwn(storeId) && { storeId }),
      seconds,
    })),
  };
}

/** The receipt for parcels that a driver keeps while their store is closed; for one store, of its own parcels. */
export function custodyOf(order: Order, { parcelIds, ...receipt }: Custody, of?: StoreId) {
  const kept = order.parcels.filter(({ id, storeId }) => parcelIds.includes(id) && (!of || storeId === of));
  return { ...receipt, orderId: order.id, labels: kept.map(({ label }) => label) };
}

/** What one store sees of an order: its own lines and parcels, and nobody else's. */
export function pickupView(order: Order, storeId: StoreId) {
  const pickup = pickupOf(order, storeId);
  if (!pickup) throw new Error(`Store ${storeId} has no part in order ${order.id}.`);
  const parcels = order.parcels.filter((parcel) => parcel.storeId === storeId);
  return {
    orderId: order.id,
    storeId,
    status: pickup.status,
    readyAt: pickup.readyAt,
    readyAtSource: pickup.readyAtSource,
    reason: pickup.reason,
    placedAt: order.placedAt,
    confirmBy: order.storesConfirmBy,
    promiseBy: order.promise.by,
    closesAt: order.closesAt,
    keptForDayFrom: order.rescheduled?.opensAt,
    lines: pickup.lines,
    missingLineIds: pickup.missingLineIds,
    parcels: parcels.map((parcel) => ({
      id: parcel.id,
      label: parcel.label,
      at: parcel.state.at,
      toReturn: parcel.toReturn,
    })),
    driver: order.carriage && { driverId: order.carriage.driverId, runId: order.carriage.runId },
    custody: parcels.some(({ id }) => order.custody?.parcelIds.includes(id))
      ? custodyOf(order, order.custody!, storeId)
      : undefined,
    handedOverAt: pickup.handedOverAt,
    storeRecord: pickup.storeRecord,
    /** The work must stop and the goods go back to the shelf; the store says that it has seen this. */
    stopped: (pickup.status === 'cancelled' || pickup.status === 'failed') && !pickup.stopAcknowledgedAt,
    returning: parcels.some((parcel) => parcel.toReturn && !isParcelEnded(parcel)),
  };
}

export type PickupView = ReturnType<typeof pickupView>;

export function offerView(offer: Offer) {
  return {
    id: offer.id,
    version: versionShown(offer),
    status: offer.status,
    mallId: offer.mallId,
    orderIds: offer.orderIds,
    storeIds: offer.storeIds,
    stops: stopsOffered(offer),
    drops: offer.orderIds.length,
    alsoAsked: offer.others?.length ?? 0,
    payCents: offer.payCents,
    pay: expectedPay(offer),
    currency: offer.currency,
    distanceMetres: offer.distanceMetres,
    durationSeconds: offer.durationSeconds,
    finishAt: plusSeconds(offer.madeAt, offer.durationSeconds),
    madeAt: offer.madeAt,
    expiresAt: offer.expiresAt,
  };
}

/** What the channel sees of the tip that it gave. */
export function tipView({ orderId, amountCents, currency, shares, until, givenAt, changedAt }: Tip) {
  return {
    orderId,
    amountCents,
    currency,
    shares: shares.map(({ driverId, amountCents }) => ({ driverId, amountCents })),
    until,
    givenAt,
    changedAt,
  };
}

export function driverView(driver: Driver) {
  return {
    id: driver.id,
    name: driver.name,
    mallId: driver.mallId,
    vehicle: driver.vehicle,
    providerId: driver.providerId,
    trainedOn: driver.trainedOn,
    status: driver.status,
    suspension: driver.suspension,
    shift: driver.shift && { startedAt: driver.shift.startedAt },
    openOfferId: driver.openOfferId,
    activeRunId: driver.activeRunId,
  };
}

/** The run as the answer to an act: sequence and pay. Doors and names come with the run itself, never with this. */
export function runView(run: Run) {
  return {
    id: run.id,
    code: run.code,
    status: run.status,
    providerId: run.providerId,
    mallId: run.mallId,
    orderIds: run.orderIds,
    stops: [...run.stops.filter((stop) => !openStops(run).includes(stop)), ...openStops(run)].map(stopView),
    nextStopIds: currentStops(run).map((stop) => stop.id),
    pay: run.pay,
    payCents: payTotalCents(run),
    currency: run.currency,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    version: run.version,
  };
}

export function stopView(stop: Stop) {
  return {
    id: stop.id,
    kind: stop.kind,
    storeId: stop.storeId,
    meeting: stop.meeting,
    orderIds: stop.orderIds,
    status: stop.status,
    scannedLabels: stop.scannedLabels,
    arrivedAt: stop.arrivedAt,
    away: stop.away,
    endedAt: stop.endedAt,
  };
}

/** The name of the execution that an order's current generation runs as. */
export function executionName(order: Pick<Order, 'id' | 'workflowGeneration'>): string {
  return order.workflowGeneration === 1 ? order.id : `${order.id}-r${order.workflowGeneration}`;
}

/** A row of a list for operations. */
export function summary(order: Order, eta?: Eta) {
  return {
    orderId: order.id,
    mallId: order.mallId,
    zone: order.zone,
    channelId: order.channelId,
    status: order.status,
    ended: hasEnded(order),
    attention: order.attention,
    placedAt: order.placedAt,
    promiseBy: order.promise.by,
    pickups: order.pickups.map(({ storeId, storeName, status, readyAt }) => ({ storeId, storeName, status, readyAt })),
    driverId: order.carriage?.driverId ?? null,
    providerId: order.carriage?.providerId,
    offerId: order.offerId,
    executionName: executionName(order),
    eta,
  };
}
