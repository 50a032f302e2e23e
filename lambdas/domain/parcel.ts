import type { DriverId, LineId, ParcelId, StoreId } from './ids.ts';

/** A sealed thing with a label. It is the truth about custody: exactly one holder at any time. */
export interface Parcel {
  id: ParcelId;
  storeId: StoreId;
  /** The code on its label, unique within the order. */
  label: string;
  lineIds: LineId[];
  state: ParcelState;
  /** On board and refused, undeliverable or cancelled: it goes back to its store. */
  toReturn: boolean;
}

export type ParcelState =
  | { at: 'store' }
  | { at: 'driver'; driverId: DriverId }
  | { at: 'recipient' }
  | { at: 'returned' }
  | { at: 'lost' }
  | { at: 'not_collected' };

export function isParcelEnded(parcel: Parcel): boolean {
  return parcel.state.at !== 'store' && parcel.state.at !== 'driver';
}

export function isOnBoard(parcel: Parcel): boolean {
  return parcel.state.at === 'driver';
}
