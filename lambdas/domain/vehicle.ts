/** What a driver comes with. A van has 300 cubic feet (8.5 m³) and more behind its seats. */
export const vehicles = ['car', 'motorcycle', 'bicycle', 'walking', 'van'] as const;
export type Vehicle = (typeof vehicles)[number];

/** What an order may ask for: a vehicle that not everybody has. */
export const vehiclesWanted = ['van'] as const satisfies readonly Vehicle[];
export type VehicleWanted = (typeof vehiclesWanted)[number];

/** Parcels, or stores of which none is known yet, that fit in: a mall's parcel fills some 70 litres of a van. */
export const capacity: Record<Vehicle, number> = { car: 20, motorcycle: 4, bicycle: 3, walking: 2, van: 120 };

/** No more than what fits into the vehicle that the order is for: so that one is large enough, and fetches it all. */
export function sizeOf(load: number, wanted: VehicleWanted | undefined): number {
  return Math.min(capacity[wanted ?? 'car'], load);
}
