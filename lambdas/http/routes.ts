/**
 * Every route of the API, as data. The stacks, the OpenAPI document and the caller matrix all read this table and
 * nothing else, so a route cannot be left out of one of them. It imports nothing.
 */
export type CallerKind = 'channel' | 'retailer' | 'store' | 'driver' | 'operations' | 'anyone';

export type ApiFunction = 'Ordering' | 'Readiness' | 'Drivers' | 'Tracking' | 'Operations' | 'Directory' | 'People';

export interface Route {
  operationId: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{parameters}`, as API Gateway writes them. */
  path: string;
  /** Who may call. A route for exactly `anyone` has no authorizer. */
  callers: readonly CallerKind[];
  function: ApiFunction;
}

/** What the distribution tells the API with each request, whatever the caller says under this name. */
export const originKeyHeader = 'x-mallway-origin-key';

/** Operation, method, path, callers, function. */
const table = [
  // Channels place orders and own them.
  ['placeOrder', 'POST', '/v1/orders', ['channel'], 'Ordering'],
  ['listOrders', 'GET', '/v1/orders', ['channel'], 'Ordering'],
  ['getOrder', 'GET', '/v1/orders/{orderId}', ['channel'], 'Ordering'],
  ['listOrderEvents', 'GET', '/v1/orders/{orderId}/events', ['channel'], 'Ordering'],
  ['cancelOrder', 'POST', '/v1/orders/{orderId}/cancel', ['channel'], 'Ordering'],
  ['decideOnOrder', 'POST', '/v1/orders/{orderId}/decisions', ['channel', 'operations'], 'Ordering'],
  ['tipOrder', 'POST', '/v1/orders/{orderId}/tip', ['channel'], 'Ordering'],
  ['eraseOrder', 'POST', '/v1/orders/{orderId}/erase', ['channel', 'operations'], 'Operations'],

  // Stores (a person on the store's tablet, or the retailer's own system) prepare their part of an order.
  ['listPickups', 'GET', '/v1/stores/{storeId}/pickups', ['store', 'retailer'], 'Readiness'],
  ['getPickup', 'GET', '/v1/stores/{storeId}/pickups/{orderId}', ['store', 'retailer'], 'Readiness'],
  ['acceptPickup', 'POST', '/v1/stores/{storeId}/pickups/{orderId}/accept', ['store', 'retailer'], 'Readiness'],
  ['rejectPickup', 'POST', '/v1/stores/{storeId}/pickups/{orderId}/reject', ['store', 'retailer'], 'Readiness'],
  ['delayPickup', 'POST', '/v1/stores/{storeId}/pickups/{orderId}/delay', ['store', 'retailer'], 'Readiness'],
  ['readyPickup', 'POST', '/v1/stores/{storeId}/pickups/{orderId}/ready', ['store', 'retailer'], 'Readiness'],
  ['handOverPickup', 'POST', '/v1/stores/{storeId}/pickups/{orderId}/hand-over', ['store', 'retailer'], 'Readiness'],
  [
    'acknowledgeStop',
    'POST',
    '/v1/stores/{storeId}/pickups/{orderId}/acknowledge-stop',
    ['store', 'retailer'],
    'Readiness',
  ],

  // Drivers work a shift, take offers and do the stops of a run.
  ['getDriver', 'GET', '/v1/driver', ['driver'], 'Drivers'],
  ['startShift', 'POST', '/v1/driver/shift/start', ['driver'], 'Drivers'],
  ['endShift', 'POST', '/v1/driver/shift/end', ['driver'], 'Drivers'],
  ['reportPositions', 'POST', '/v1/driver/positions', ['driver'], 'Drivers'],
  ['listOffers', 'GET', '/v1/driver/offers', ['driver'], 'Drivers'],
  ['acceptOffer', 'POST', '/v1/driver/offers/{offerId}/accept', ['driver'], 'Drivers'],
  ['declineOffer', 'POST', '/v1/driver/offers/{offerId}/decline', ['driver'], 'Drivers'],
  ['getRun', 'GET', '/v1/driver/run', ['driver'], 'Drivers'],
  ['departForStop', 'POST', '/v1/driver/run/stops/{stopId}/depart', ['driver'], 'Drivers'],
  ['arriveAtStop', 'POST', '/v1/driver/run/stops/{stopId}/arrive', ['driver'], 'Drivers'],
  ['scanAtStop', 'POST', '/v1/driver/run/stops/{stopId}/scan', ['driver'], 'Drivers'],
  ['completeStop', 'POST', '/v1/driver/run/stops/{stopId}/complete', ['driver'], 'Drivers'],
  ['failStop', 'POST', '/v1/driver/run/stops/{stopId}/fail', ['driver'], 'Drivers'],
  ['giveParcels', 'POST', '/v1/driver/hand-overs/{orderId}', ['driver'], 'Drivers'],
  ['applyBlock', 'PUT', '/v1/malls/{mallId}/blocks/{blockId}', ['operations'], 'Readiness'],
  ['listBlocks', 'GET', '/v1/malls/{mallId}/blocks', ['operations'], 'Readiness'],
  ['listBlocksForDriver', 'GET', '/v1/driver/blocks', ['driver'], 'Readiness'],
  ['bookBlock', 'POST', '/v1/driver/blocks/{blockId}/book', ['driver'], 'Readiness'],
  ['forfeitBlock', 'POST', '/v1/driver/blocks/{blockId}/forfeit', ['driver'], 'Readiness'],
  ['checkIn', 'POST', '/v1/driver/blocks/{blockId}/check-in', ['driver'], 'Readiness'],
  ['listEarnings', 'GET', '/v1/driver/earnings', ['driver'], 'Readiness'],
  ['createProofUpload', 'POST', '/v1/driver/proofs', ['driver'], 'Drivers'],
  ['readDocuments', 'GET', '/v1/driver/documents', ['driver'], 'Drivers'],
  ['createDriverDocumentUpload', 'POST', '/v1/driver/documents/uploads', ['driver'], 'Drivers'],
  ['submitDriverDocument', 'POST', '/v1/driver/documents', ['driver'], 'Drivers'],
  ['appealSuspension', 'POST', '/v1/driver/appeal', ['driver'], 'Drivers'],

  // Whoever wants to drive holds a link to their application and nothing else.
  ['readOpenings', 'GET', '/v1/join', ['anyone'], 'People'],
  ['applyToDrive', 'POST', '/v1/join', ['anyone'], 'People'],
  ['readOwnApplication', 'GET', '/v1/join/{token}', ['anyone'], 'People'],
  ['createDocumentUpload', 'POST', '/v1/join/{token}/uploads', ['anyone'], 'People'],
  ['submitDocument', 'POST', '/v1/join/{token}/documents', ['anyone'], 'People'],
  ['withdrawApplication', 'POST', '/v1/join/{token}/withdraw', ['anyone'], 'People'],

  // Shoppers hold a link and nothing else.
  ['track', 'GET', '/v1/track/{token}', ['anyone'], 'Tracking'],

  // Operations see what waits too long and decide.
  ['listWaiting', 'GET', '/v1/ops/waiting', ['operations'], 'Operations'],
  ['listOpenOrders', 'GET', '/v1/ops/orders', ['operations'], 'Operations'],
  ['inspectOrder', 'GET', '/v1/ops/orders/{orderId}', ['operations'], 'Operations'],
  ['reassignOrder', 'POST', '/v1/ops/orders/{orderId}/reassign', ['operations'], 'Operations'],
  ['resolveOrder', 'POST', '/v1/ops/orders/{orderId}/resolve', ['operations'], 'Operations'],

  // The directory: malls, stores, channels, drivers and the people behind them.
  ['listMalls', 'GET', '/v1/malls', ['operations'], 'Directory'],
  ['getMall', 'GET', '/v1/malls/{mallId}', ['channel', 'retailer', 'operations'], 'Directory'],
  ['applyMall', 'PUT', '/v1/malls/{mallId}', ['operations'], 'Directory'],
  ['setMallState', 'POST', '/v1/malls/{mallId}/state', ['operations'], 'Directory'],
  ['listStores', 'GET', '/v1/malls/{mallId}/stores', ['channel', 'retailer', 'operations'], 'Directory'],
  ['applyStore', 'PUT', '/v1/stores/{storeId}', ['operations'], 'Directory'],
  ['applyRetailer', 'PUT', '/v1/retailers/{retailerId}', ['operations'], 'Directory'],
  ['applyChannel', 'PUT', '/v1/channels/{channelId}', ['operations'], 'Directory'],
  ['createKey', 'POST', '/v1/keys', ['operations'], 'Directory'],
  ['listKeys', 'GET', '/v1/keys', ['operations'], 'Directory'],
  ['revokeKey', 'POST', '/v1/keys/{keyId}/revoke', ['operations'], 'Directory'],
  ['applyDriver', 'PUT', '/v1/drivers/{driverId}', ['operations'], 'Directory'],

  // Who carries besides the operator's own drivers: delivery partners, and stores that deliver in their neighbourhood.
  ['listProviders', 'GET', '/v1/providers', ['operations'], 'Directory'],
  ['getProvider', 'GET', '/v1/providers/{providerId}', ['operations'], 'Directory'],
  ['applyProvider', 'PUT', '/v1/providers/{providerId}', ['operations'], 'Directory'],
  ['suspendProvider', 'POST', '/v1/providers/{providerId}/suspend', ['operations'], 'Directory'],
  ['reinstateProvider', 'POST', '/v1/providers/{providerId}/reinstate', ['operations'], 'Directory'],
  ['readProviderChoice', 'GET', '/v1/retailers/{retailerId}/providers', ['retailer', 'operations'], 'Directory'],
  ['chooseProviders', 'PUT', '/v1/retailers/{retailerId}/providers', ['retailer', 'operations'], 'Directory'],

  // Drivers as operations see to them: who joins, whose papers count, who gets no work and why.
  ['listApplications', 'GET', '/v1/applications', ['operations'], 'People'],
  ['inspectApplication', 'GET', '/v1/applications/{applicationId}', ['operations'], 'People'],
  [
    'judgeApplicationDocument',
    'POST',
    '/v1/applications/{applicationId}/documents/{documentId}',
    ['operations'],
    'People',
  ],
  ['recordCheck', 'POST', '/v1/applications/{applicationId}/check', ['operations'], 'People'],
  ['approveApplication', 'POST', '/v1/applications/{applicationId}/approve', ['operations'], 'People'],
  ['refuseApplication', 'POST', '/v1/applications/{applicationId}/refuse', ['operations'], 'People'],
  ['listDrivers', 'GET', '/v1/drivers', ['operations'], 'Operations'],
  ['inspectDriver', 'GET', '/v1/drivers/{driverId}', ['operations'], 'Operations'],
  ['judgeDriverDocument', 'POST', '/v1/drivers/{driverId}/documents/{documentId}', ['operations'], 'Operations'],
  ['suspendDriver', 'POST', '/v1/drivers/{driverId}/suspend', ['operations'], 'Operations'],
  ['reinstateDriver', 'POST', '/v1/drivers/{driverId}/reinstate', ['operations'], 'Operations'],
  ['upholdSuspension', 'POST', '/v1/drivers/{driverId}/uphold', ['operations'], 'Operations'],

  // People and devices: who may act as whom, and what they did.
  ['readMe', 'GET', '/v1/me', ['store', 'driver', 'operations'], 'People'],
  ['listPeople', 'GET', '/v1/people', ['operations'], 'People'],
  ['invitePerson', 'POST', '/v1/people', ['operations'], 'People'],
  ['applyPerson', 'PUT', '/v1/people/{subject}', ['operations'], 'People'],
  ['suspendPerson', 'POST', '/v1/people/{subject}/suspend', ['operations'], 'People'],
  ['reinstatePerson', 'POST', '/v1/people/{subject}/reinstate', ['operations'], 'People'],
  ['createPairingCode', 'POST', '/v1/stores/{storeId}/pairing-codes', ['operations'], 'People'],
  ['pairDevice', 'POST', '/v1/devices', ['anyone'], 'People'],
  ['listAudit', 'GET', '/v1/audit', ['operations'], 'People'],
  ['getOpenApi', 'GET', '/openapi.json', ['anyone'], 'Directory'],
] as const satisfies readonly (readonly [string, Route['method'], string, readonly CallerKind[], ApiFunction])[];

type RouteOf<Row> = Row extends readonly [infer Id, infer Method, infer Path, infer Callers, infer Name]
  ? { operationId: Id; method: Method; path: Path; callers: Callers; function: Name }
  : never;

export const routes = table.map(([operationId, method, path, callers, name]) => ({
  operationId,
  method,
  path,
  callers,
  function: name,
})) as RouteOf<(typeof table)[number]>[];

export type OperationId = (typeof table)[number][0];
