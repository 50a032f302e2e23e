/** Identifiers that cannot be mixed up. At run time each is a plain string, `<prefix>_<26 characters>` where we mint it. */
declare const kind: unique symbol;
export type Id<K extends string> = string & { readonly [kind]: K };

export type OrderId = Id<'order'>;
export type ParcelId = Id<'parcel'>;
export type LineId = Id<'line'>;
export type MallId = Id<'mall'>;
export type StoreId = Id<'store'>;
export type RetailerId = Id<'retailer'>;
export type ChannelId = Id<'channel'>;
export type ProviderId = Id<'provider'>;
export type DriverId = Id<'driver'>;
export type OfferId = Id<'offer'>;
export type RunId = Id<'run'>;
export type BlockId = Id<'block'>;
export type StopId = Id<'stop'>;
export type ApplicationId = Id<'application'>;

/** Takes a string from outside (a path, a stored item) as an identifier; schemas at the edge have checked its form. */
export function asId<T extends Id<string>>(text: string): T {
  return text as T;
}
