import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Principal } from '../application/principal.ts';
import { asId, type ChannelId, type DriverId, type RetailerId, type StoreId } from '../domain/ids.ts';
import { HttpProblem } from './problem.ts';

/** What the authorizer hands to a function: flat text, as API Gateway passes it on. */
export interface AuthorizerContext {
  kind: Principal['kind'] | 'none';
  /** The channel, retailer, store or driver. */
  id?: string;
  /** The person behind a token. */
  subject?: string;
  /** Why the credential was not accepted. */
  why?: string;
}

export function contextOf(principal: Principal): AuthorizerContext {
  switch (principal.kind) {
    case 'channel':
      return { kind: 'channel', id: principal.channelId };
    case 'retailer':
      return { kind: 'retailer', id: principal.retailerId };
    case 'store':
      return { kind: 'store', id: principal.storeId, subject: principal.subject };
    case 'driver':
      return { kind: 'driver', id: principal.driverId, subject: principal.subject };
    case 'operations':
      return { kind: 'operations', subject: principal.subject };
  }
}

/** The caller as the authorizer found them. Throws a 401 problem when it found none. */
export function readPrincipal(event: APIGatewayProxyEventV2): Principal {
  const { authorizer } = event.requestContext as { authorizer?: { lambda?: AuthorizerContext } };
  const context = authorizer?.lambda;
  const id = context?.id ?? '';
  const subject = context?.subject ?? '';
  switch (context?.kind) {
    case 'channel':
      return { kind: 'channel', channelId: asId<ChannelId>(id) };
    case 'retailer':
      return { kind: 'retailer', retailerId: asId<RetailerId>(id) };
    case 'store':
      return { kind: 'store', storeId: asId<StoreId>(id), subject };
    case 'driver':
      return { kind: 'driver', driverId: asId<DriverId>(id), subject };
    case 'operations':
      return { kind: 'operations', subject };
    default:
      throw new HttpProblem(
        401,
        'not_authenticated',
        context?.why ?? 'The request carries no credential.',
        'Send Authorization: Bearer with a valid token.',
      );
  }
}
