import { type Hurry, hurryOf, othersToAsk } from './ask-several.ts';
import type { AskedDriver, Meeting, Roads } from './fleet.ts';
import type { DriverId, OrderId, ProviderId, StoreId } from './ids.ts';
import { destinationOf, type MallAtWork, type MallSnapshot, meetingOf, roadToDoor } from './mall-snapshot.ts';
import type { Order } from './order.ts';
import type { HoldReason, Instruction, PlanResult, Snapshot } from './planner/snapshot.ts';
import type { Position } from './position.ts';
import type { Turn } from './provider-turn.ts';
import { type Instant, instant, secondsBetween } from './time.ts';
import { estimatedTravel, fallbackTravel, type TravelSource } from './travel.ts';

/** A run to be offered to one driver, or to several at once. */
export interface PlannedOffer extends AskedDriver {
  /** Why others are asked as well, where there is anybody: the first to accept has it. */
  hurry?: Hurry;
  others?: AskedDriver[];
  /** In the sequence in which they are expected to be ready. */
  storeIds: StoreId[];
  /** In place of stores: whom to take the parcels over from. */
  meeting?: Meeting;
  /** In the sequence in which the doors are reached. */
  orderIds: OrderId[];
  /** Why this driver: when things happen, and what the next best would have cost. */
  pickupAt: Instant;
  doorsAt: Instant[];
  /** Where the drive from the mall to each door is known from. */
  travel: TravelSource[];
  /** Those that are more than estimates. */
  roads?: Roads;
  alternatives: { driverId: DriverId; extraSeconds: number }[];
  /** Of orders that went on from one provider to the next: whose turn is over, and why. */
  passed?: Record<OrderId, Turn['passed']>;
}

export const holdReasons = [
  'no_driver',
  'store_not_ready',
  'driver_busy',
  'waits_for_company',
  'on_offer',
  'too_early',
] as const satisfies readonly (HoldReason | 'too_early')[];

/** An order that waits. */
export interface Hold {
  orderId: OrderId;
  why: HoldReason | 'too_early';
  /** Who is to carry it as things stand. */
  driverId: DriverId | null;
  /** Where that is not the provider who was wanted first: whose drivers may be asked, and why not those before. */
  openTo?: ProviderId | null;
  passed?: Turn['passed'];
}

/** What the planner's answer means for the mall's orders and drivers. */
export function proposalsOf(
  mall: MallAtWork,
  { snapshot, tooEarly, turns }: MallSnapshot,
  { instructions, holds }: PlanResult,
): { offers: PlannedOffer[]; holds: Hold[] } {
  const passedFor = (id: string) => {
    const { providerId, passed } = turns[id as OrderId]!;
    return passed.length > 0 ? { openTo: providerId, passed } : {};
  };
  const planned = instructions.flatMap((said) => {
    if (said.kind !== 'offer') return [];
    const went = said.orders.flatMap((id) => {
      const { passed } = turns[id as OrderId]!;
      return passed.length > 0 ? [[id, passed] as const] : [];
    });
    return [{ ...offerOf(mall, snapshot, said), ...(went.length > 0 && { passed: Object.fromEntries(went) }) }];
  });
  const meantFor = new Set(holds.flatMap(({ driver }) => (driver ? [driver as DriverId] : [])));
  return {
    offers: withOthers(planned, mall, meantFor, at(snapshot.now)),
    holds: [
      ...holds.map(({ order, why, driver }) => ({
        orderId: order as OrderId,
        why,
        driverId: driver as DriverId | null,
        ...passedFor(order),
      })),
      ...tooEarly.map((orderId) => ({ orderId, why: 'too_early' as const, driverId: null })),
    ],
  };
}

function offerOf(mall: MallAtWork, snapshot: Snapshot, said: Extract<Instruction, { kind: 'offer' }>): PlannedOffer {
  const orders = said.orders.map((id) => snapshot.orders.find((order) => order.id === id)!);
  const readyAt = (store: number) =>
    Math.max(
      ...orders.flatMap(({ pickups }) => pickups.flatMap((pickup) => (pickup.store === store ? [pickup.readyAt] : []))),
    );
  const carried = ordersOf(mall, said.orders as OrderId[]);
  const meeting = meetingOf(carried[0]!);
  const roads = meeting ? null : roadsKnown(carried, mall);
  return {
    driverId: said.driver as DriverId,
    storeIds: meeting
      ? []
      : [...said.stores]
          .sort((a, b) => readyAt(a) - readyAt(b) || a - b)
          .map((store) => snapshot.stores[store]!.id as StoreId),
    ...(meeting && { meeting }),
    orderIds: said.orders as OrderId[],
    distanceMetres: roadMetres(mall, positionOf(mall, said.driver as DriverId), meeting?.position, carried),
    durationSeconds: said.endsAt - snapshot.now,
    pickupAt: at(said.pickupAt),
    doorsAt: said.doors.map(at),
    travel: carried.map((order) => roadToDoor(order, mall).source),
    ...(roads && { roads }),
    alternatives: said.alternatives.map(({ driver, extra }) => ({ driverId: driver as DriverId, extraSeconds: extra })),
  };
}

/** Those for which one driver after another is too slow are offered to several at once. */
function withOthers(
  planned: PlannedOffer[],
  mall: MallAtWork,
  meantFor: ReadonlySet<DriverId>,
  now: Instant,
): PlannedOffer[] {
  const onShift = mall.drivers.map(({ driver }) => driver);
  const askable = planned.map((offer) => ({
    driverId: offer.driverId,
    durationSeconds: offer.durationSeconds,
    hurry: hurryOf(ordersOf(mall, offer.orderIds), offer.doorsAt, onShift),
    candidates: offer.alternatives.map(({ driverId }) => asAsked(offer, driverId, mall, now)),
  }));
  const others = othersToAsk(askable, meantFor);
  return planned.map((offer, index) => {
    const { hurry } = askable[index]!;
    return hurry && others[index]!.length > 0 ? { ...offer, hurry, others: others[index]! } : offer;
  });
}

/** The same run for another driver: their own way to the parcels, and as much later as they reach them later. */
function asAsked(offer: PlannedOffer, driverId: DriverId, mall: MallAtWork, now: Instant): AskedDriver {
  const to = offer.meeting?.position ?? mall.position;
  const [first, own] = [offer.driverId, driverId].map((id) => estimatedTravel(positionOf(mall, id), to, mall));
  const walkSeconds = offer.meeting ? 0 : mall.walkMinutes * 60;
  return {
    driverId,
    distanceMetres: offer.distanceMetres - first!.metres + own!.metres,
    durationSeconds:
      offer.durationSeconds + Math.max(0, own!.seconds + walkSeconds - secondsBetween(now, offer.pickupAt)),
  };
}

function positionOf(mall: MallAtWork, driverId: DriverId): Position {
  return mall.drivers.find(({ driver }) => driver.id === driverId)!.position ?? mall.position;
}

function ordersOf(mall: MallAtWork, orderIds: readonly OrderId[]): Order[] {
  return orderIds.map((id) => mall.orders.find((order) => order.id === id)!);
}

function roadsKnown(carried: Order[], mall: MallAtWork): Roads | null {
  const known = carried.flatMap((order): [OrderId, number][] => {
    const { source, seconds } = roadToDoor(order, mall);
    return source === 'fallback' ? [] : [[order.id, seconds]];
  });
  return known.length > 0 ? Object.fromEntries(known) : null;
}

/** From where the driver is to the parcels, and on from door to door. */
function roadMetres(mall: MallAtWork, from: Position, meeting: Position | undefined, carried: Order[]): number {
  const doors = carried.map((order) => destinationOf(order, mall));
  const first = meeting ? fallbackTravel(meeting, doors[0]!) : roadToDoor(carried[0]!, mall);
  const between = doors.slice(1).map((door, index) => fallbackTravel(doors[index]!, door));
  const all = [fallbackTravel(from, meeting ?? mall.position), first, ...between];
  return all.reduce((sum, { metres }) => sum + metres, 0);
}

function at(seconds: number): Instant {
  return instant(seconds * 1000);
}
