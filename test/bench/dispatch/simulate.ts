import { type Instance, placeOfCourier, placeOfOrder, placeOfStore, travelMinutes } from './instance.ts';

/** What a dispatcher may see: nothing of orders that are not placed yet. Indices as in the instance, minutes. */
export interface View {
  now: number;
  /** Orders placed and not yet assigned. */
  open: number[];
  couriers: CourierView[];
}

export interface CourierView {
  /** When the last instruction ends; before the shift, its start. */
  freeAt: number;
  /** Where the courier is then. */
  place: number;
  /** The store the courier stands at, or heads to without orders; -1 for none. */
  store: number;
  /** Arrival at that store, past or to come. */
  arrivedAt: number;
  queued: boolean;
  /** Orders assigned so far. */
  served: number;
}

export type Instruction =
  | { kind: 'move'; courier: number; store: number }
  | { kind: 'serve'; courier: number; store: number; orders: number[] };

export type Dispatcher = (view: View) => Instruction[];

export interface Assignment {
  assignedAt: number;
  pickupAt: number;
  courier: number;
  orders: number[];
}

export interface Leg {
  courier: number;
  departAt: number;
  from: number;
  to: number;
}

/** What happened, in the terms of the library's solution files. */
export interface Solution {
  assignments: Assignment[];
  legs: Leg[];
  /** By order: minute of the drop-off, or -1. */
  dropoffAt: Int32Array;
  violations: string[];
}

interface CourierState extends CourierView {
  moving: boolean;
  next: Instruction | null;
  nextAssignedAt: number;
}

export interface SimulationOptions {
  /** Minutes between two calls of the dispatcher. */
  period?: number;
}

/** Runs one day by the rules of the library, minute by minute; an instruction that breaks one is not carried out. */
export function simulate(instance: Instance, dispatch: Dispatcher, options: SimulationOptions = {}): Solution {
  const { orders, couriers } = instance;
  const { size, minutes } = travelMinutes(instance);
  const travel = (from: number, to: number) => minutes[from * size + to]!;
  const pickupHalf = instance.pickupMinutes / 2;
  const dropoffHalf = instance.dropoffMinutes / 2;
  const period = options.period ?? 1;
  const solution: Solution = {
    assignments: [],
    legs: [],
    dropoffAt: new Int32Array(orders.length).fill(-1),
    violations: [],
  };
  const states: CourierState[] = couriers.map((courier, index) => ({
    freeAt: courier.onAt,
    place: placeOfCourier(instance, index),
    store: -1,
    arrivedAt: courier.onAt,
    queued: false,
    served: 0,
    moving: false,
    next: null,
    nextAssignedAt: 0,
  }));
  const assigned = new Uint8Array(orders.length);
  const byPlacement = orders
    .map((_, index) => index)
    .sort((a, b) => orders[a]!.placedAt - orders[b]!.placedAt || a - b);
  const open = new Set<number>();

  const depart = (courier: number, to: number, at: number): number => {
    const state = states[courier]!;
    solution.legs.push({ courier, departAt: at, from: state.place, to });
    const arrival = at + travel(state.place, to);
    state.place = to;
    return arrival;
  };

  const goTo = (courier: number, store: number, at: number) => {
    const state = states[courier]!;
    if (state.store === store) return;
    state.arrivedAt = depart(courier, placeOfStore(instance, store), at);
    state.store = store;
  };

  const start = (instruction: Instruction, at: number, assignedAt: number) => {
    const { courier, store } = instruction;
    const state = states[courier]!;
    goTo(courier, store, at);
    if (instruction.kind === 'move') {
      state.freeAt = Math.max(at, state.arrivedAt);
      state.moving = true;
      return;
    }
    const ready = Math.max(...instruction.orders.map((order) => orders[order]!.readyAt));
    const pickupAt = Math.max(at, state.arrivedAt + pickupHalf, ready);
    if (pickupAt > couriers[courier]!.offAt) {
      solution.violations.push(`${couriers[courier]!.id} would collect at ${pickupAt}, after the end of the shift`);
    }
    solution.assignments.push({ assignedAt, pickupAt, courier, orders: [...instruction.orders] });
    let leave = pickupAt + pickupHalf;
    for (const order of instruction.orders) {
      const arrival = depart(courier, placeOfOrder(order), leave);
      solution.dropoffAt[order] = arrival + dropoffHalf;
      leave = arrival + instance.dropoffMinutes;
    }
    state.served += instruction.orders.length;
    state.freeAt = leave;
    state.store = -1;
    state.moving = false;
  };

  const refusal = (instruction: Instruction, now: number): string | null => {
    const courier = couriers[instruction.courier];
    if (!courier) return `no courier ${instruction.courier}`;
    if (now < courier.onAt) return `${courier.id} is told something before the shift`;
    if (!instance.stores[instruction.store]) return `no store ${instruction.store}`;
    if (instruction.kind === 'move') return null;
    if (instruction.orders.length === 0) return `${courier.id} is to serve no order`;
    for (const [at, order] of instruction.orders.entries()) {
      if (!orders[order] || orders[order].placedAt > now) return `order ${order} is unknown at ${now}`;
      if (assigned[order] || instruction.orders.indexOf(order) !== at) return `${orders[order].id} is assigned twice`;
      if (orders[order].store !== instruction.store) return `${orders[order].id} is not of store ${instruction.store}`;
    }
    return null;
  };

  const apply = (instruction: Instruction, now: number) => {
    const refused = refusal(instruction, now);
    if (refused) {
      solution.violations.push(refused);
      return;
    }
    const state = states[instruction.courier]!;
    const busy = state.freeAt > now;
    const goesThere = state.moving && state.store === instruction.store && instruction.kind === 'serve';
    if (busy && !goesThere && state.next) {
      solution.violations.push(`${couriers[instruction.courier]!.id} has an instruction in waiting already`);
      return;
    }
    if (instruction.kind === 'serve') {
      for (const order of instruction.orders) {
        assigned[order] = 1;
        open.delete(order);
      }
    }
    if (busy && !goesThere) {
      state.next = instruction;
      state.nextAssignedAt = now;
      state.queued = true;
    } else start(instruction, now, now);
  };

  const first = Math.min(...orders.map(({ placedAt }) => placedAt), ...couriers.map(({ onAt }) => onAt));
  const last = Math.max(...couriers.map(({ offAt }) => offAt)) + 1;
  let placed = 0;
  for (let now = first; now <= last; now++) {
    for (const state of states) {
      if (!state.next || state.freeAt > now) continue;
      const { next, nextAssignedAt } = state;
      state.next = null;
      state.queued = false;
      start(next, now, nextAssignedAt);
    }
    while (placed < byPlacement.length && orders[byPlacement[placed]!]!.placedAt <= now)
      open.add(byPlacement[placed++]!);
    if (now % period !== 0) continue;
    const view: View = { now, open: [...open], couriers: states.map((state) => ({ ...state })) };
    for (const instruction of dispatch(view)) apply(instruction, now);
  }
  return solution;
}
