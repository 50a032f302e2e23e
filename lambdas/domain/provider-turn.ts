import { type Driver, hasPassedOn } from './fleet.ts';
import type { OrderId, ProviderId } from './ids.ts';
import { loadOf, type Order } from './order.ts';
import { type Errand, gigId, mayCarry, type Obstacle, type Provider } from './provider.ts';
import { type ProviderChoice, usualChoice } from './provider-choice.ts';
import type { Instant } from './time.ts';
import { capacity, sizeOf } from './vehicle.ts';

/** Why it is not, or no longer, a provider's turn. */
export type WhyPassed = Obstacle | 'nobody_on_shift' | 'all_declined' | 'not_taken' | 'had_its_turn';

/** Whose drivers an order is open to. */
export interface Turn {
  /** Null while there is nobody whom it may be offered to. */
  providerId: ProviderId | null;
  /** Those who were asked for before, and why it is not their turn. */
  passed: { providerId: ProviderId; why: WhyPassed }[];
  /** After which the next is asked; null where nobody comes after. */
  minutes: number | null;
}

/** Until when an order that could go is for a provider first. */
export interface TurnUntil {
  orderId: OrderId;
  providerId: ProviderId;
  until: Instant;
}

/** What a mall knows of those who carry. */
export interface ProvidersAtWork {
  mall: Errand['mall'];
  /** Of orders whose retailers have said nothing. */
  choice?: ProviderChoice | undefined;
  /** Those that any choice names, but for the operator's own network. */
  providers: readonly Provider[];
  /** On shift. */
  drivers: readonly Driver[];
  turnsUntil: readonly TurnUntil[];
}

/**
 * An order is open to one provider at a time: the first of its choice that may carry it and has somebody on shift who
 * could; from one who has not taken it in time it goes on to the next who could. It never goes back, unless nobody is
 * left further on: then to those who had their turn, so that it is not lost while somebody could carry it.
 */
export function openTo(order: Order, work: ProvidersAtWork, now: Instant): Turn {
  const { inOrder, fallbackAfterMinutes } = choiceOf(order, work);
  const hadTurn = order.passedBy ?? [];
  const fresh = inOrder.filter((id) => !hadTurn.includes(id));
  const obstacles = new Map(inOrder.map((id) => [id, obstacleOf(id, order, work, now)]));
  const isOverdue = (id: ProviderId) =>
    work.turnsUntil.some((one) => one.orderId === order.id && one.providerId === id && one.until <= now);
  const passed: Turn['passed'] = [];
  for (const [place, providerId] of fresh.entries()) {
    const later = fresh.slice(place + 1);
    const canFollow = later.some((id) => obstacles.get(id) === null);
    const why = obstacles.get(providerId) ?? (canFollow && isOverdue(providerId) ? 'not_taken' : null);
    if (why === null) return { providerId, passed, minutes: later.length > 0 ? fallbackAfterMinutes : null };
    passed.push({ providerId, why });
  }
  const again = inOrder.filter((id) => hadTurn.includes(id));
  const back = again.find((id) => obstacles.get(id) === null) ?? null;
  passed.push(
    ...again.flatMap((providerId) => {
      const why = obstacles.get(providerId) ?? 'had_its_turn';
      return providerId === back ? [] : [{ providerId, why }];
    }),
  );
  return { providerId: back, passed, minutes: null };
}

/** What the retailers of the order have said, or the mall, or nobody. */
export function choiceOf(order: Pick<Order, 'providers'>, { choice }: Pick<ProvidersAtWork, 'choice'>): ProviderChoice {
  return order.providers ?? choice ?? usualChoice;
}

export function providerOf({ providerId }: { providerId?: ProviderId | undefined }): ProviderId {
  return providerId ?? gigId;
}

/** Why nobody of a provider can be asked now; null when somebody can. */
function obstacleOf(id: ProviderId, order: Order, work: ProvidersAtWork, now: Instant): WhyPassed | null {
  const provider = id === gigId ? 'gig' : work.providers.find((one) => one.id === id);
  if (!provider) return 'unknown_provider';
  const may = mayCarry(provider, { mall: work.mall, door: order.dropoffArea, vehicle: order.vehicle }, now);
  if (may !== true) return may;
  const able = work.drivers.filter((driver) => providerOf(driver) === id && isAble(driver, order));
  if (able.length === 0) return 'nobody_on_shift';
  const hasAsked = (driver: Driver) => hasPassedOn(driver, order.id, now) || driver.id === order.carriage?.driverId;
  return able.every(hasAsked) ? 'all_declined' : null;
}

function isAble({ vehicle }: Driver, order: Order): boolean {
  return (!order.vehicle || vehicle === order.vehicle) && sizeOf(loadOf(order), order.vehicle) <= capacity[vehicle];
}
