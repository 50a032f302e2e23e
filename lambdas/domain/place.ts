import type { OrderDecision } from './decide-order.ts';
import type { Mall, Store } from './directory.ts';
import type { ChannelId, OrderId, StoreId } from './ids.ts';
import { isPaused, openingToday } from './mall-state.ts';
import { type AtClose, nextDayTogether } from './next-day.ts';
import { localDate, localInstant, nextOpening, openingOfDay } from './opening-hours.ts';
import type { DoorProof, GoAhead, Order, PromiseKind } from './order.ts';
import { OrderDraft } from './order-draft.ts';
import type { Line } from './pickup.ts';
import { coarse, distanceMetres, type Position } from './position.ts';
import { type Errand, gigId, isLasting, mayCarry, type Obstacle, type Provider } from './provider.ts';
import { type ProviderChoice, strictestOf, usualChoice } from './provider-choice.ts';
import { isRejection, type Rejection, reject } from './rejection.ts';
import { earliest, type Instant, latest, plusMinutes } from './time.ts';
import { estimatedTravel } from './travel.ts';
import type { VehicleWanted } from './vehicle.ts';

/** A transaction holds 100 items; 40 distinct lines leave room for stock, events and boards. */
export const maxLines = 40;

const twoHours = 120;
/** The last doors of a same-day promise are reached by ten in the evening. */
const sameDayBy = '22:00';
/** A late delivery is escalated to operations this long after its promise. */
const overdueMinutes = 60;
const returnMinutes = 180;

export interface Placement {
  id: OrderId;
  channelId: ChannelId;
  externalId?: string;
  promise: { kind: PromiseKind; from?: Instant; by?: Instant };
  goAhead: GoAhead;
  /** What becomes of ready parcels that nobody has collected when the mall closes; cancelled unless said otherwise. */
  atClose?: AtClose;
  doorProof: DoorProof;
  pickups: { storeId: StoreId; lines: Line[] }[];
  dropoff: Position;
  vehicle?: VehicleWanted;
}

/** What is known of those who may carry an order. */
export interface CarriersKnown {
  /** What its retailers have said, as far as they have. */
  choices: readonly ProviderChoice[];
  /** Those that count, but for the operator's own network. */
  providers: readonly Provider[];
}

const nothingSaid: CarriersKnown = { choices: [], providers: [] };

/** Takes an order if the mall and every store in it can still prepare it today and the door is in reach. */
export function placeOrder(
  placement: Placement,
  mall: Mall,
  stores: readonly Store[],
  now: Instant,
  carriers: CarriersKnown = nothingSaid,
): OrderDecision | Rejection {
  const lines = placement.pickups.reduce((sum, pickup) => sum + pickup.lines.length, 0);
  if (lines > maxLines) {
    return reject(
      'too_many_lines',
      `The order has ${lines} lines; at most ${maxLines} are possible.`,
      'Split it into several orders.',
      {
        pointer: '/pickups',
      },
    );
  }
  const closing = lastCall(placement, mall, stores, now);
  if (isRejection(closing)) return closing;
  const { closesAt } = closing;
  const reach = distanceMetres(mall.position, placement.dropoff);
  if (reach > mall.deliveryRadiusMetres) {
    return reject(
      'outside_delivery_area',
      `The door is ${Math.round(reach / 1000)} km from ${mall.name}; it delivers within ${mall.deliveryRadiusMetres / 1000} km.`,
      'Order from a mall that is nearer to the door; GET /v1/malls lists them with position and delivery radius.',
      { pointer: '/dropoff' },
    );
  }
  const providers = strictestOf(carriers.choices);
  const refusal = refuseCarriage(placement, providers ?? mall.providers ?? usualChoice, carriers.providers, mall, now);
  if (refusal) return refusal;
  const promise = promiseOf(placement, mall, now);
  if (isRejection(promise)) return promise;
  const ordered = stores.filter(({ id }) => placement.pickups.some(({ storeId }) => storeId === id));
  const nextDay = placement.atClose === 'next_day' ? nextDayTogether(mall, ordered, now) : null;
  const order: Order = {
    id: placement.id,
    version: 0,
    sequence: 0,
    channelId: placement.channelId,
    ...(placement.externalId && { externalId: placement.externalId }),
    mallId: mall.id,
    zone: mall.zone,
    placedAt: now,
    updatedAt: now,
    promise,
    goAhead: placement.goAhead,
    ...(nextDay && { nextDay }),
    doorProof: placement.doorProof,
    ...(placement.vehicle && { vehicle: placement.vehicle }),
    ...(providers && { providers }),
    dropoffArea: coarse(placement.dropoff),
    pickups: placement.pickups.map(({ storeId, lines: wanted }) => {
      const store = stores.find((candidate) => candidate.id === storeId)!;
      return {
        storeId,
        retailerId: store.retailerId,
        storeName: store.name,
        status: 'pending',
        lines: wanted,
        missingLineIds: [],
        readyAt: plusMinutes(now, store.prepMinutes),
        readyAtSource: 'estimated',
      };
    }),
    parcels: [],
    status: 'created',
    partial: false,
    feeCents: mall.feeCents,
    currency: mall.currency,
    offerId: null,
    carriage: null,
    attention: null,
    tripMinutes: mall.walkMinutes + Math.ceil(estimatedTravel(mall.position, placement.dropoff, mall).seconds / 60),
    pinAttempts: 0,
    workflowGeneration: 1,
    storesConfirmBy: earliest(closesAt, plusMinutes(now, mall.confirmWithinMinutes)),
    ...closing,
    deliverBy: plusMinutes(promise.by, overdueMinutes),
    returnBy: plusMinutes(promise.by, overdueMinutes + returnMinutes),
    decideBy: plusMinutes(promise.by, 24 * 60),
    ledger: [],
  };
  const draft = new OrderDraft(order, now);
  draft.emit('order.created', { channelId: order.channelId, mallId: order.mallId, promise });
  return { order: draft.order, events: draft.events };
}

/** Nobody whom all its retailers let carry can ever carry this. Who cannot just now may be able to later. */
function refuseCarriage(
  { vehicle, dropoff }: Placement,
  { inOrder }: ProviderChoice,
  providers: readonly Provider[],
  mall: Mall,
  now: Instant,
): Rejection | undefined {
  if (inOrder.length === 0) {
    return reject(
      'no_provider',
      'There is nobody whom all retailers of this order let carry for them.',
      'Place one order for each retailer.',
      { pointer: '/pickups' },
    );
  }
  const errand: Errand = { mall, door: dropoff, vehicle };
  const why = inOrder.map((id): true | Obstacle => {
    const provider = id === gigId ? 'gig' : providers.find((one) => one.id === id);
    return provider ? mayCarry(provider, errand, now) : 'unknown_provider';
  });
  if (why.some((one) => one === true || !isLasting(one))) return;
  const named = inOrder.map((id, place) => `${id} (${String(why[place]).replaceAll('_', ' ')})`).join(', ');
  const pointer = why.includes('too_far') ? '/dropoff' : vehicle ? '/vehicle' : '/pickups';
  return reject(
    'no_provider',
    `None of those who may carry this order can: ${named}.`,
    vehicle ? `Order without vehicle, or from a mall where somebody has a ${vehicle}.` : 'Order from other stores.',
    { pointer },
  );
}

type Closing = Pick<Order, 'closesAt' | 'regularClosesAt'>;

/** When the first of mall and stores closes today, if there is still time to prepare and to walk out. */
function lastCall(placement: Placement, mall: Mall, stores: readonly Store[], now: Instant): Closing | Rejection {
  const regular = openingOfDay(mall.hours, mall.zone, now);
  const today = openingToday(mall, now);
  if (!regular || !today || isPaused(mall, now) || now < today.opensAt || now >= today.closesAt) {
    return reject('mall_closed', `${mall.name} takes no orders now.`, closedMend(mall, now));
  }
  let regularClosesAt = regular.closesAt;
  for (const [index, { storeId }] of placement.pickups.entries()) {
    const pointer = `/pickups/${index}/storeId`;
    const store = stores.find((candidate) => candidate.id === storeId);
    if (!store || store.mallId !== mall.id) {
      return reject('unknown_store', `There is no store ${storeId} in ${mall.name}.`, 'List the stores of the mall.', {
        pointer,
      });
    }
    const hours = openingOfDay(store.hours, mall.zone, now);
    if (!hours || now < hours.opensAt || now >= hours.closesAt) {
      return reject('mall_closed', `${store.name} is closed now.`, 'Leave it out, or order during its hours.', {
        pointer,
      });
    }
    const storeClosesAt = earliest(hours.closesAt, today.closesAt);
    const cutOff = plusMinutes(storeClosesAt, -(store.prepMinutes + mall.walkMinutes));
    if (now >= cutOff) {
      return reject(
        'after_cut_off',
        `${store.name} took orders until ${cutOff} today.`,
        'Leave it out, or order tomorrow.',
        { pointer },
      );
    }
    regularClosesAt = earliest(regularClosesAt, hours.closesAt);
  }
  const closesAt = earliest(regularClosesAt, today.closesAt);
  return closesAt < regularClosesAt ? { closesAt, regularClosesAt } : { closesAt };
}

function closedMend(mall: Mall, now: Instant): string {
  if (isPaused(mall, now))
    return mall.reopensAt ? `It reopens at ${mall.reopensAt}.` : 'It is paused; try again later.';
  const opensAt = nextOpening(mall.hours, mall.zone, now);
  return opensAt ? `It opens at ${opensAt}.` : 'Order during its opening hours.';
}

function promiseOf(placement: Placement, mall: Mall, now: Instant): Order['promise'] | Rejection {
  const { kind, from, by } = placement.promise;
  if (kind === 'two_hour') return { kind, by: plusMinutes(now, twoHours) };
  const evening = localInstant(localDate(now, mall.zone), sameDayBy, mall.zone);
  if (kind === 'same_day') return { kind, by: latest(evening, plusMinutes(now, twoHours)) };
  if (!by || by < plusMinutes(now, 60) || (from && from >= by)) {
    return reject(
      'window_too_early',
      'A scheduled window must end at least an hour from now and begin before it ends.',
      'Choose a later window.',
      {
        pointer: '/promise/by',
      },
    );
  }
  if (by > plusMinutes(evening, 60)) {
    return reject(
      'window_too_early',
      'A scheduled window must be today.',
      `Choose one that ends by ${plusMinutes(evening, 60)}.`,
      {
        pointer: '/promise/by',
      },
    );
  }
  return { kind, ...(from && { from }), by };
}
