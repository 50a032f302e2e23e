import { type Driver, isStopOpen, type Meeting, type Run, type Stop, type StopKind } from './fleet.ts';
import { asId, type OrderId, type RunId, type StopId, type StoreId } from './ids.ts';
import {
  hasEnded,
  isOnRun,
  type Order,
  openHandOver,
  openPickups,
  parcelsForDoor,
  parcelsOnBoard,
  parcelsToReturn,
} from './order.ts';
import { bookStop, bookSurge, bookWaiting, payTotalCents } from './pay.ts';
import { countRun } from './shift-block.ts';
import type { Carriers, SituationDraft } from './situation.ts';
import type { Instant } from './time.ts';

/**
 * The stops of a run follow from its orders: a counter for every open pickup, a door for whatever is meant for it,
 * a return for whatever goes back, grouped by store and last. An order that ended or lost its place drops out; a run
 * with nothing left to do is complete and its driver free.
 */
export function reviseRun(draft: SituationDraft, { run, driver }: Carriers): void {
  if (run?.status !== 'active') return;
  const aboard = run.orderIds.map((id) => draft.order(id)).filter((order) => isOnRun(order, run.id));
  const live = aboard.filter((order) => !hasEnded(order));
  const needed = neededStops(run, live);

  let revised = false;
  const labels = new Set(aboard.flatMap((order) => order.parcels.map((parcel) => parcel.label)));
  for (const stop of run.stops.filter(isStopOpen)) {
    const want = needed.get(stop.id);
    if (!want) {
      if (stop.servedAt) endStop(draft, run, stop, 'done');
      else {
        if (stop.status === 'arrived') bookWaiting(run, stop, draft.now, draft.now);
        dropStop(stop, draft.now);
      }
      revised = true;
    } else if (want.orderIds.join() !== stop.orderIds.join()) {
      stop.orderIds = want.orderIds;
      revised = true;
    }
    // A store that needs more time takes its parcels apart again; what was scanned of them counts no more.
    stop.scannedLabels = stop.scannedLabels.filter((label) => labels.has(label));
  }
  for (const [id, want] of needed) {
    const known = run.stops.find((stop) => stop.id === id);
    if (known && isStopOpen(known)) continue;
    if (known) reopen(known, want.orderIds);
    else run.stops.push({ id, status: 'pending', scannedLabels: [], ...want });
    revised = true;
  }
  // A held order has no stop, so that it ends, or goes on with another driver, shows nowhere in the run; two that do so
  // at once would not meet, and each would leave the run to the other.
  const isUnderWay = (order: Order) => isOnRun(order, run.id) && !hasEnded(order);
  const left = run.orderIds.some((id) => isUnderWay(draft.before(id)) && !isUnderWay(draft.order(id)));
  // That a run starts says everything already.
  if (!draft.starts(run) && (revised || (left && !draft.touches(run))))
    draft.emitOf('run', run, 'run.revised', { stops: run.stops.filter(isStopOpen).map((stop) => stop.id) });
  // Parcels on board of a held order stay with the driver: the run is not over while there are any.
  const waitsForDecision = live.some((order) => parcelsOnBoard(order).length > 0);
  if (!run.stops.some(isStopOpen) && !waitsForDecision) completeRun(draft, run, driver);
}

/** Ends a stop that was worked on, when the phone says or now; each end of it is paid once. */
export function endStop(
  draft: SituationDraft,
  run: Run,
  stop: Stop,
  status: 'done' | 'failed',
  { occurredAt = draft.now, ...data }: { occurredAt?: Instant | undefined; [about: string]: unknown } = {},
): void {
  stop.status = status;
  stop.endedAt = draft.now;
  bookStop(run, stop, draft.now);
  bookWaiting(run, stop, occurredAt, draft.now);
  draft.emitOf('run', run, status === 'done' ? 'run.stop_done' : 'run.stop_failed', { stopId: stop.id, ...data });
}

/** Nothing is left to do at a stop where nothing was done. */
export function dropStop(stop: Stop, now: Instant): void {
  stop.status = 'dropped';
  stop.endedAt = now;
}

export function stopIdOf(kind: StopKind, at: StoreId | OrderId | RunId): StopId {
  return asId(`${kind}-${at}`);
}

type Wanted = Pick<Stop, 'kind' | 'orderIds' | 'storeId' | 'meeting'>;

function neededStops(run: Run, orders: Order[]): Map<StopId, Wanted> {
  const needed = new Map<StopId, Wanted>();
  const add = (
    kind: StopKind,
    at: StoreId | OrderId | RunId,
    orderId: OrderId,
    storeId?: StoreId,
    meeting?: Meeting,
  ) => {
    const id = stopIdOf(kind, at);
    const stop = needed.get(id);
    if (stop) stop.orderIds.push(orderId);
    else needed.set(id, { kind, orderIds: [orderId], ...(storeId && { storeId }), ...(meeting && { meeting }) });
  };
  for (const order of orders) {
    const handOver = openHandOver(order);
    if (handOver?.to?.runId === run.id) {
      const { from, at } = handOver;
      add('hand_over', from.runId, order.id, undefined, { ...from, position: at });
    } else if (order.status === 'held') continue;
    for (const pickup of openPickups(order)) add('pickup', pickup.storeId, order.id, pickup.storeId);
    const collecting = openPickups(order).length > 0;
    if (collecting || parcelsForDoor(order).length > 0) add('dropoff', order.id, order.id);
    for (const parcel of parcelsToReturn(order)) {
      const id = stopIdOf('return', parcel.storeId);
      if (!needed.get(id)?.orderIds.includes(order.id)) add('return', parcel.storeId, order.id, parcel.storeId);
    }
  }
  return new Map([...needed].sort(([a], [b]) => position(run, a) - position(run, b)));
}

/** Stops that the run already has keep their place; new ones go to the end. */
function position(run: Run, id: StopId): number {
  const index = run.stops.findIndex((stop) => stop.id === id);
  return index < 0 ? run.stops.length : index;
}

function reopen(stop: Stop, orderIds: OrderId[]): void {
  stop.status = 'pending';
  stop.orderIds = orderIds;
  stop.scannedLabels = [];
  delete stop.departedAt;
  delete stop.arrivedAt;
  delete stop.waitsFrom;
  delete stop.away;
  delete stop.servedAt;
  delete stop.endedAt;
}

function completeRun(draft: SituationDraft, run: Run, driver: Driver | null): void {
  run.status = 'completed';
  run.endedAt = draft.now;
  bookSurge(run, draft.now);
  countRun(driver, run.id, payTotalCents(run));
  // Where it was to end is near somebody's door, and of no use any more.
  if (driver?.activeRunId === run.id) delete driver.expected;
  if (driver?.activeRunId === run.id) driver.activeRunId = null;
  draft.emitOf('run', run, 'run.completed', { payCents: payTotalCents(run) });
}
