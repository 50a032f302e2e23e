import { type Driver, hasPassedOn } from './fleet.ts';
import type { OrderId, ProviderId } from './ids.ts';
import { loadOf, type Order } from './order.ts';
import { type Errand, gigId, mayCarry, type Obstacle, type Provider } from './provider.ts';
import { type ProviderChoice, usualChoice } from './provider-choice.ts';
import { type Instant, plusMinutes } from './time.ts';
import { capacity, sizeOf } from './vehicle.ts';

/** Why it is not, or no longer, a provider's turn. */
export type WhyPassed = Obstacle | 'nobody_on_shift' | 'all_declined' | 'not_taken' | 'had_its_turn';

/** Whose drivers an order is open to. */
export interface Turn {
  /** Null while there is nobody whom it may be offered to. */
  providerId: ProviderId | null;
  /** Those who were asked for before, and why it is not their turn. */
  passed: { providerId: ProviderId; why: WhyPassed }[];
  /** After which another is asked; null where there is none, or none yet though the time is over. */
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
 * An order is open to one provider at a time: the first of its choice that may carry it, has somebody on shift who could,
 * and has time left to take it. Once the time of all of them is over, those who had their turn are asked again, each for as
 * long, whoever has waited longest first: an order is not lost while somebody could carry it.
 */
export function openTo(order: Order, work: ProvidersAtWork, now: Instant): Turn {
  const { inOrder, fallbackAfterMinutes } = choiceOf(order, work);
  const standings = standingsOf(order, inOrder, work, now);
  const able = standings.filter(({ obstacle }) => obstacle === null);
  const turn =
    able.find((one) => one.isFresh && !isOver(one, now)) ??
    able.find(({ until }) => until && until > now) ??
    able.toSorted((one, other) => ((one.until ?? '') < (other.until ?? '') ? -1 : 1))[0];
  const isAlone = inOrder.length === 1 || (able.length === 1 && turn !== undefined && isOver(turn, now));
  const wasBefore = (one: Standing) =>
    !turn?.isFresh || (one.isFresh && (standings.indexOf(one) < standings.indexOf(turn) || isOver(one, now)));
  return {
    providerId: turn?.providerId ?? null,
    passed: standings.flatMap((one) => {
      if (one === turn || !wasBefore(one)) return [];
      const why = one.obstacle ?? (isOver(one, now) ? 'not_taken' : 'had_its_turn');
      return [{ providerId: one.providerId, why }];
    }),
    minutes: turn && !isAlone ? fallbackAfterMinutes : null,
  };
}

interface Standing {
  providerId: ProviderId;
  /** It has not had its turn. */
  isFresh: boolean;
  /** Until when it has time; undefined while its time has not begun. */
  until: Instant | undefined;
  obstacle: WhyPassed | null;
}

/** Those who have not had their turn first. */
function standingsOf(order: Order, inOrder: readonly ProviderId[], work: ProvidersAtWork, now: Instant): Standing[] {
  const hadTurn = order.passedBy ?? [];
  const all = inOrder.map((providerId) => ({
    providerId,
    isFresh: !hadTurn.includes(providerId),
    until: work.turnsUntil.find((one) => one.orderId === order.id && one.providerId === providerId)?.until,
    obstacle: obstacleOf(providerId, order, work, now),
  }));
  return [...all.filter(({ isFresh }) => isFresh), ...all.filter(({ isFresh }) => !isFresh)];
}

function isOver({ until }: Standing, now: Instant): boolean {
  return until !== undefined && until <= now;
}

/** Of an order that is on offer when a provider's time is over: it may come back. */
const keptMinutes = 5;

/** Times that go on, and of orders that could go, `due`, those that begin now, for the first time or again. */
export function turnsFrom(
  before: readonly TurnUntil[],
  turns: Readonly<Partial<Record<OrderId, Turn>>>,
  due: readonly OrderId[],
  now: Instant,
): TurnUntil[] {
  const begun = due.flatMap((orderId): TurnUntil[] => {
    const { providerId, minutes } = turns[orderId]!;
    const known = before.find((one) => one.orderId === orderId && one.providerId === providerId);
    if (!providerId || !minutes || (known && known.until > now)) return [];
    return [{ orderId, providerId, until: plusMinutes(now, minutes) }];
  });
  const isBegun = (one: TurnUntil) =>
    begun.some(({ orderId, providerId }) => orderId === one.orderId && providerId === one.providerId);
  const lasts = ({ orderId, until }: TurnUntil) => turns[orderId] || until > plusMinutes(now, -keptMinutes);
  return [...before.filter((one) => lasts(one) && !isBegun(one)), ...begun];
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
