import type { ChannelId, DriverId, RetailerId, StoreId } from '../domain/ids.ts';

/** Who is calling, as the authorizer found them. */
export type Principal =
  | { kind: 'channel'; channelId: ChannelId }
  | { kind: 'retailer'; retailerId: RetailerId }
  | { kind: 'store'; storeId: StoreId; subject: string }
  | { kind: 'driver'; driverId: DriverId; subject: string }
  | { kind: 'operations'; subject: string };

/** One text per principal: idempotency keys live under it. */
export function principalKey(principal: Principal): string {
  switch (principal.kind) {
    case 'channel':
      return `channel:${principal.channelId}`;
    case 'retailer':
      return `retailer:${principal.retailerId}`;
    case 'store':
      return `store:${principal.storeId}:${principal.subject}`;
    case 'driver':
      return `driver:${principal.driverId}`;
    case 'operations':
      return `operations:${principal.subject}`;
  }
}
