import { type Away, type AwayReason, awayFrom } from './away.ts';
import { pinTries } from './decide-carriage.ts';
import { currentStops, isStopOpen, type Run, type Stop } from './fleet.ts';
import type { OrderId, ParcelId, StopId, StoreId } from './ids.ts';
import { type Order, parcelsForDoor, parcelsOnBoard, parcelsToReturn } from './order.ts';
import type { CarriageCommand } from './order-commands.ts';
import type { Parcel } from './parcel.ts';
import { isRejection, type Rejection, reject } from './rejection.ts';
import { type Decision, type Situation, SituationDraft } from './situation.ts';
import { arrive, completeWhatCan, depart, each, end, scan, strayLabel } from './stop-steps.ts';
import type { Instant } from './time.ts';
import type { Evidence, StopFailure, UndeliverableReason } from './undeliverable.ts';

/** What a driver does at a stop of the run. */
export type StopCommand = {
  stopId: StopId;
  occurredAt?: Instant;
  /** How far from the stop the phone was then, where that is known. */
  metresAway?: number | undefined;
  awayReason?: AwayReason | undefined;
} & (
  | { type: 'depart' }
  | { type: 'arrive' }
  | { type: 'scan'; label: string }
  | {
      type: 'complete';
      labels: string[];
      /** At a counter: the store cannot find the rest. */
      leaveMissing: boolean;
      /** At a door: parcels the recipient does not take. */
      refusedLabels: string[];
      proof?: { kind: 'photo'; photoKey: string } | { kind: 'pin'; matches: boolean };
    }
  | { type: 'fail'; reason: UndeliverableReason; evidence: Evidence }
  | { type: 'leave_without'; reason: StopFailure }
  | { type: 'fail_return'; reason: UndeliverableReason | 'store_closed'; reopensAt?: Instant }
);

/** The act was recorded, and this is what it showed: a wrong PIN, or orders that keep the stop open. */
export interface StopOutcome {
  pin?: 'refused';
  triesLeft?: number;
  awaited?: AwaitedOrder[];
}

/** An order that could not be dealt with at a stop yet, and what it takes. */
export interface AwaitedOrder extends Pick<Rejection, 'code' | 'detail' | 'mend'> {
  orderId: OrderId;
}

export function decideStop(
  situation: Situation,
  command: StopCommand,
  now: Instant,
): (Decision & StopOutcome) | Rejection {
  const draft = new SituationDraft(situation, now);
  const { run } = draft;
  if (run?.status !== 'active') return reject('no_active_run', 'No run is under way.', 'Accept an offer first.');
  const stop = run.stops.find((candidate) => candidate.id === command.stopId);
  if (!stop) return reject('unknown_stop', `Stop ${command.stopId} is not in this run.`, 'Read the run again.');
  const refusal = refuseStop(run, stop, command);
  if (refusal) return refusal;
  const away = isToBeThere(stop, command)
    ? awayFrom(stop.kind, { metresAway: command.metresAway, reason: command.awayReason })
    : undefined;
  if (isRejection(away)) return away;
  const outcome = acts[stop.kind](draft, stop, command, away);
  if (outcome && 'rejected' in outcome) return outcome;
  return { ...draft.finish(), ...outcome };
}

/** Who says that they arrived, or proves at a door that parcels changed hands, has to be there. */
function isToBeThere(stop: Stop, { type }: StopCommand): boolean {
  return type === 'arrive' ? stop.status !== 'arrived' : type === 'complete' && stop.kind === 'dropoff';
}

type Act = (
  draft: SituationDraft,
  stop: Stop,
  command: StopCommand,
  away: Away | undefined,
) => Rejection | StopOutcome | undefined;

const acts: Record<Stop['kind'], Act> = {
  pickup: (draft, stop, command, away) => {
    const storeId = stop.storeId!;
    switch (command.type) {
      case 'depart':
        return depart(draft, stop, command, { type: 'depart_for_pickup' });
      case 'arrive':
        return arrive(draft, stop, command, away, { type: 'arrive_at_pickup', storeId });
      case 'scan':
        return scan(draft, stop, command.label, (order) =>
          order.parcels.filter((parcel) => parcel.storeId === storeId && parcel.state.at === 'store'),
        );
      case 'complete': {
        // Labels of an order that was collected before may be named again.
        const ofStore = draft.orders.flatMap(({ parcels }) => parcels.filter((parcel) => parcel.storeId === storeId));
        return (
          strayLabel(ofStore, command.labels) ??
          completeWhatCan(draft, stop, command, {
            type: 'collect',
            storeId,
            labels: [...stop.scannedLabels, ...command.labels],
            leaveMissing: command.leaveMissing,
          })
        );
      }
      case 'leave_without':
        return (
          each(draft, stop, { type: 'leave_without', storeId, reason: command.reason }, command.occurredAt) ??
          end(draft, draft.run!, stop, stop.servedAt ? 'done' : 'failed', {
            ...endedWith(command),
            without: stop.orderIds,
          })
        );
      default:
        return wrongKind(stop, command);
    }
  },

  hand_over: (draft, stop, command, away) => {
    const run = draft.run!;
    switch (command.type) {
      case 'depart':
        return depart(draft, stop, command);
      case 'arrive':
        return arrive(draft, stop, command, away);
      case 'scan':
        return scan(draft, stop, command.label, parcelsOnBoard);
      case 'complete': {
        // Labels of an order that was taken over before may be named again.
        const ofRun = run.orderIds.flatMap((id) => parcelsOnBoard(draft.order(id)));
        return (
          strayLabel(ofRun, command.labels) ??
          completeWhatCan(draft, stop, command, {
            type: 'take_over',
            runId: run.id,
            driverId: run.driverId,
            labels: [...stop.scannedLabels, ...command.labels],
            leaveMissing: command.leaveMissing,
          })
        );
      }
      case 'leave_without':
        return (
          each(draft, stop, { type: 'fail_hand_over', runId: run.id, reason: command.reason }, command.occurredAt) ??
          end(draft, run, stop, stop.servedAt ? 'done' : 'failed', endedWith(command))
        );
      default:
        return wrongKind(stop, command);
    }
  },

  dropoff: (draft, stop, command, away) => {
    switch (command.type) {
      case 'depart':
        return depart(draft, stop, command, { type: 'depart_for_door' });
      case 'arrive':
        return arrive(draft, stop, command, away, { type: 'arrive_at_door' });
      case 'scan':
        return scan(draft, stop, command.label, parcelsForDoor);
      case 'complete':
        return deliver(draft, stop, command, away);
      case 'fail':
        return (
          each(
            draft,
            stop,
            { type: 'fail_at_door', reason: command.reason, evidence: command.evidence },
            command.occurredAt,
          ) ?? end(draft, draft.run!, stop, 'failed', endedWith(command))
        );
      default:
        return wrongKind(stop, command);
    }
  },

  return: (draft, stop, command, away) => {
    const storeId = stop.storeId!;
    switch (command.type) {
      case 'depart':
        return depart(draft, stop, command, { type: 'depart_for_return' });
      case 'arrive':
        return arrive(draft, stop, command, away, { type: 'arrive_at_return', storeId });
      case 'scan':
        return scan(draft, stop, command.label, (order) =>
          parcelsToReturn(order).filter((parcel) => parcel.storeId === storeId),
        );
      case 'complete':
        return completeWhatCan(draft, stop, command, {
          type: 'return_parcels',
          storeId,
          labels: [...stop.scannedLabels, ...command.labels],
        });
      case 'fail_return':
        return (
          each(draft, stop, failReturn(storeId, command), command.occurredAt) ??
          end(draft, draft.run!, stop, stop.servedAt ? 'done' : 'failed', endedWith(command))
        );
      default:
        return wrongKind(stop, command);
    }
  },
};

function endedWith({ reason, occurredAt }: Extract<StopCommand, { reason: unknown }>) {
  return { reason, occurredAt };
}

function failReturn(
  storeId: StoreId,
  { reason, reopensAt }: Extract<StopCommand, { type: 'fail_return' }>,
): CarriageCommand {
  return { type: 'fail_return', storeId, reason, ...(reopensAt && { reopensAt }) };
}

function deliver(
  draft: SituationDraft,
  stop: Stop,
  command: Extract<StopCommand, { type: 'complete' }>,
  away: Away | undefined,
): Rejection | StopOutcome | undefined {
  const order = draft.order(stop.orderIds[0]!);
  const due = parcelsForDoor(order);
  const refused = due.filter((parcel) => command.refusedLabels.includes(parcel.label));
  const labels = [...stop.scannedLabels, ...command.labels, ...command.refusedLabels];
  const stray = strayLabel(due, [...command.labels, ...command.refusedLabels]);
  if (stray) return stray;
  const { proof } = command;
  if (!proof || (order.doorProof === 'pin' && proof.kind !== 'pin')) {
    return reject(
      'proof_missing',
      `This order needs a ${order.doorProof} as proof.`,
      `Send proof of kind ${order.doorProof}.`,
      {
        pointer: '/proof',
      },
    );
  }
  if (proof.kind === 'pin') {
    const refusal = refusePin(draft, stop, order, proof.matches);
    if (refusal) return refusal;
  }
  const handed = due.filter((parcel) => labels.includes(parcel.label) && !refused.includes(parcel));
  const ids = (parcels: Parcel[]): ParcelId[] => parcels.map((parcel) => parcel.id);
  return (
    each(
      draft,
      stop,
      {
        type: 'deliver',
        parcelIds: ids(handed),
        refusedParcelIds: ids(refused),
        proof: proof.kind === 'photo' ? proof : { kind: 'pin' },
        ...(away && { away }),
      },
      command.occurredAt,
    ) ?? end(draft, draft.run!, stop, 'done', { occurredAt: command.occurredAt })
  );
}

/** A wrong PIN is recorded, so that guessing ends: after the last try even the right one comes too late. */
function refusePin(
  draft: SituationDraft,
  stop: Stop,
  order: Order,
  isRight: boolean,
): Rejection | StopOutcome | undefined {
  if (order.pinAttempts >= pinTries) {
    return reject(
      'pin_wrong',
      'There are no tries left.',
      'Fail the stop with reason pin_missing; the parcels go back to the stores.',
      { pointer: '/proof/pin', triesLeft: 0 },
    );
  }
  if (isRight) return;
  return each(draft, stop, { type: 'refuse_pin' }) ?? { pin: 'refused', triesLeft: pinTries - order.pinAttempts - 1 };
}

function refuseStop(run: Run, stop: Stop, command: StopCommand): Rejection | undefined {
  if (!isStopOpen(stop)) {
    return reject(
      'stop_done',
      `Stop ${stop.id} is ${stop.status}.`,
      'Read the run again and go on with the next stop.',
      { current: { status: stop.status } },
    );
  }
  const now = currentStops(run);
  if (!now.includes(stop)) {
    return reject('stop_not_next', `Stop ${stop.id} comes later.`, `Now: ${now.map((next) => next.id).join(', ')}.`, {
      current: { stopIds: now.map((next) => next.id) },
    });
  }
  if (command.type !== 'depart' && command.type !== 'arrive' && stop.status !== 'arrived') {
    return reject('stop_not_reached', `You have not arrived at ${stop.id}.`, 'Arrive at the stop first.', {
      current: { status: stop.status },
    });
  }
  return;
}

function wrongKind(stop: Stop, command: StopCommand): Rejection {
  return reject(
    'transition_not_allowed',
    `${command.type} is not possible at a ${stop.kind}.`,
    'Choose an act that fits the stop.',
  );
}
