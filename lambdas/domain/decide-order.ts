import { decideCarriage } from './decide-carriage.ts';
import { decideOversight } from './decide-oversight.ts';
import { decideStore } from './decide-store.ts';
import type { OrderEvent } from './events.ts';
import type { Order } from './order.ts';
import type { CarriageCommand, OrderCommand, OversightCommand, StoreCommand } from './order-commands.ts';
import { OrderDraft } from './order-draft.ts';
import type { Rejection } from './rejection.ts';
import { earliest, type Instant } from './time.ts';

export interface OrderDecision {
  order: Order;
  events: OrderEvent[];
}

const deciders: Record<
  OrderCommand['type'],
  (draft: OrderDraft, command: OrderCommand, now: Instant) => Rejection | undefined
> = {
  ...each(decideStore, [
    'accept_pickup',
    'reject_pickup',
    'delay_pickup',
    'ready_pickup',
    'record_hand_over',
    'acknowledge_stop',
  ] satisfies StoreCommand['type'][]),
  ...each(decideCarriage, [
    'offer',
    'withdraw_offer',
    'assign',
    'depart_for_pickup',
    'arrive_at_pickup',
    'collect',
    'leave_without',
    'depart_for_door',
    'arrive_at_door',
    'deliver',
    'refuse_pin',
    'fail_at_door',
    'depart_for_return',
    'arrive_at_return',
    'return_parcels',
    'fail_return',
    'lose_driver',
    'take_over',
    'record_given',
    'fail_hand_over',
    'lose_receiver',
  ] satisfies CarriageCommand['type'][]),
  ...each(decideOversight, [
    'cancel',
    'resume',
    'declare_returned',
    'declare_lost',
    'send_back',
    'hand_over',
    'reattempt',
    'deadline_passed',
    'decide_late_store',
    'move_closing',
    'settle_hand_over',
    'restart_workflow',
    'settle',
    'erase',
  ] satisfies OversightCommand['type'][]),
};

export const orderCommandTypes = Object.keys(deciders) as OrderCommand['type'][];

/** The one place where an order changes: total over every (order, command) pair, pure, and free of clocks. */
export function decideOrder(order: Order, command: OrderCommand, now: Instant): OrderDecision | Rejection {
  const draft = new OrderDraft(order, now, earliest(now, command.occurredAt ?? now));
  const rejection = deciders[command.type](draft, command, now);
  return rejection ?? { order: draft.order, events: draft.events };
}

function each<C extends OrderCommand, T extends C['type']>(
  decider: (draft: OrderDraft, command: C, now: Instant) => Rejection | undefined,
  types: readonly T[],
): Record<T, (draft: OrderDraft, command: OrderCommand, now: Instant) => Rejection | undefined> {
  return Object.fromEntries(types.map((type) => [type, decider])) as never;
}
