import type { Away } from './away.ts';
import type { StopCommand, StopOutcome } from './decide-stop.ts';
import type { Stop } from './fleet.ts';
import type { OrderId } from './ids.ts';
import type { Order } from './order.ts';
import type { CarriageCommand } from './order-commands.ts';
import type { Parcel } from './parcel.ts';
import { waitsFrom } from './pay.ts';
import { type Rejection, reject } from './rejection.ts';
import { endStop } from './revise-run.ts';
import type { SituationDraft } from './situation.ts';
import { earliest, type Instant } from './time.ts';

export function depart(
  draft: SituationDraft,
  stop: Stop,
  command: StopCommand,
  forOrder?: CarriageCommand,
): Rejection | undefined {
  const refusal = forOrder && each(draft, stop, forOrder, command.occurredAt);
  if (refusal || stop.status !== 'pending') return refusal;
  stop.status = 'departed';
  stop.departedAt = earliest(draft.now, command.occurredAt ?? draft.now);
  draft.emit('run', 'run.stop_departed', { stopId: stop.id });
  return;
}

export function arrive(
  draft: SituationDraft,
  stop: Stop,
  command: StopCommand,
  away: Away | undefined,
  forOrder?: CarriageCommand,
): Rejection | undefined {
  const refusal = forOrder && each(draft, stop, forOrder, command.occurredAt);
  if (refusal || stop.status === 'arrived') return refusal;
  stop.status = 'arrived';
  stop.arrivedAt = earliest(draft.now, command.occurredAt ?? draft.now);
  const from = waitsFrom(draft.run!, stop.arrivedAt, draft.now);
  if (from !== stop.arrivedAt) stop.waitsFrom = from;
  if (away) stop.away = away;
  draft.emit('run', 'run.stop_arrived', { stopId: stop.id, ...(away && { away }) });
  return;
}

export function scan(
  draft: SituationDraft,
  stop: Stop,
  label: string,
  due: (order: Order) => Parcel[],
): Rejection | undefined {
  const stray = strayLabel(
    stop.orderIds.flatMap((id) => due(draft.order(id))),
    [label],
  );
  if (stray) return stray;
  if (stop.scannedLabels.includes(label)) return;
  stop.scannedLabels.push(label);
  draft.emit('run', 'run.parcel_scanned', { stopId: stop.id });
  return;
}

/** Applies one command to every order at the stop, or to none. */
export function each(
  draft: SituationDraft,
  stop: Stop,
  command: CarriageCommand,
  occurredAt?: Instant,
): Rejection | undefined {
  for (const orderId of stop.orderIds) {
    const refusal = draft.command(orderId, { ...command, ...(occurredAt && { occurredAt }) });
    if (refusal) return refusal;
  }
  return;
}

/**
 * Deals with every order at the stop that is complete by itself; one that is not keeps the stop open and holds nobody
 * up. When none can be dealt with, nothing happens and the answer is why.
 */
export function completeWhatCan(
  draft: SituationDraft,
  stop: Stop,
  { occurredAt }: StopCommand,
  command: CarriageCommand,
): Rejection | StopOutcome | undefined {
  const refusals: { orderId: OrderId; refusal: Rejection }[] = [];
  for (const orderId of stop.orderIds) {
    const refusal = draft.command(orderId, { ...command, ...(occurredAt && { occurredAt }) });
    if (refusal) refusals.push({ orderId, refusal });
  }
  if (refusals.length === 0) return end(draft, draft.run!, stop, 'done', { occurredAt });
  const awaited = refusals.map(({ orderId, refusal: { code, detail, mend } }) => ({ orderId, code, detail, mend }));
  if (refusals.length < stop.orderIds.length) {
    stop.servedAt = draft.now;
    return { awaited };
  }
  // Of several reasons, the one that the driver can mend on the spot.
  const { refusal } = refusals.find(({ refusal: { code } }) => code === 'parcels_missing') ?? refusals[0]!;
  return refusals.length === 1 ? refusal : { ...refusal, current: { ...(refusal.current as object), awaited } };
}

export function end(...ending: Parameters<typeof endStop>): undefined {
  endStop(...ending);
}

export function strayLabel(due: Parcel[], labels: string[]): Rejection | undefined {
  const known = due.map((parcel) => parcel.label);
  const stray = labels.find((label) => !known.includes(label));
  if (stray === undefined) return;
  return reject(
    'wrong_order',
    `Parcel ${stray} does not belong to this stop.`,
    known.length > 0 ? `Due here: ${known.join(', ')}.` : 'Nothing is due here yet.',
    {
      pointer: '/labels',
      current: { due: known },
    },
  );
}
