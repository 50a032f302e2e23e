import type { ChannelId, DriverId, RetailerId, StoreId } from '../domain/ids.ts';
import type { Actor } from './audit.ts';

/** Who is calling, as the authorizer found them. */
export type Principal =
  | { kind: 'channel'; channelId: ChannelId }
  | { kind: 'retailer'; retailerId: RetailerId }
  | { kind: 'store'; storeId: StoreId; subject: string }
  | { kind: 'driver'; driverId: DriverId; subject: string }
  | { kind: 'operations'; subject: string };

/** The same, as it is kept with what they did. */
export function actorOf(principal: Principal | null, requestId: string): Actor {
  switch (principal?.kind) {
    case 'channel':
      return { kind: 'channel', id: principal.channelId, requestId };
    case 'retailer':
      return { kind: 'retailer', id: principal.retailerId, requestId };
    case 'store':
      return { kind: 'store', id: principal.storeId, subject: principal.subject, requestId };
    case 'driver':
      return { kind: 'driver', id: principal.driverId, subject: principal.subject, requestId };
    case 'operations':
      return { kind: 'operations', subject: principal.subject, requestId };
    default:
      return { kind: 'anyone', requestId };
  }
}

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
