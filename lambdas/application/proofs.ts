import type { DriverId, OrderId, StopId } from '../domain/ids.ts';
import { stopIdOf } from '../domain/revise-run.ts';

/** Below it lie the photos that a driver took at a stop; links to put one there are given for doors alone. */
export function proofsOf(driverId: DriverId, stopId: StopId): string {
  return `proofs/${driverId}/${stopId}/`;
}

export function proofsAtDoor(driverId: DriverId, orderId: OrderId): string {
  return proofsOf(driverId, stopIdOf('dropoff', orderId));
}
