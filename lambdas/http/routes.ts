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

export const routes = [
  // Channels place orders and own them.
  { operationId: 'placeOrder', method: 'POST', path: '/v1/orders', callers: ['channel'], function: 'Ordering' },
  { operationId: 'listOrders', method: 'GET', path: '/v1/orders', callers: ['channel'], function: 'Ordering' },
  { operationId: 'getOrder', method: 'GET', path: '/v1/orders/{orderId}', callers: ['channel'], function: 'Ordering' },
  {
    operationId: 'listOrderEvents',
    method: 'GET',
    path: '/v1/orders/{orderId}/events',
    callers: ['channel'],
    function: 'Ordering',
  },
  {
    operationId: 'cancelOrder',
    method: 'POST',
    path: '/v1/orders/{orderId}/cancel',
    callers: ['channel'],
    function: 'Ordering',
  },
  {
    operationId: 'decideOnOrder',
    method: 'POST',
    path: '/v1/orders/{orderId}/decisions',
    callers: ['channel', 'operations'],
    function: 'Ordering',
  },
  {
    operationId: 'tipOrder',
    method: 'POST',
    path: '/v1/orders/{orderId}/tip',
    callers: ['channel'],
    function: 'Ordering',
  },
  {
    operationId: 'eraseOrder',
    method: 'POST',
    path: '/v1/orders/{orderId}/erase',
    callers: ['channel', 'operations'],
    function: 'Operations',
  },

  // Stores (a person on the store's tablet, or the retailer's own system) prepare their part of an order.
  {
    operationId: 'listPickups',
    method: 'GET',
    path: '/v1/stores/{storeId}/pickups',
    callers: ['store', 'retailer'],
    function: 'Readiness',
  },
  {
    operationId: 'getPickup',
    method: 'GET',
    path: '/v1/stores/{storeId}/pickups/{orderId}',
    callers: ['store', 'retailer'],
    function: 'Readiness',
  },
  {
    operationId: 'acceptPickup',
    method: 'POST',
    path: '/v1/stores/{storeId}/pickups/{orderId}/accept',
    callers: ['store', 'retailer'],
    function: 'Readiness',
  },
  {
    operationId: 'rejectPickup',
    method: 'POST',
    path: '/v1/stores/{storeId}/pickups/{orderId}/reject',
    callers: ['store', 'retailer'],
    function: 'Readiness',
  },
  {
    operationId: 'delayPickup',
    method: 'POST',
    path: '/v1/stores/{storeId}/pickups/{orderId}/delay',
    callers: ['store', 'retailer'],
    function: 'Readiness',
  },
  {
    operationId: 'readyPickup',
    method: 'POST',
    path: '/v1/stores/{storeId}/pickups/{orderId}/ready',
    callers: ['store', 'retailer'],
    function: 'Readiness',
  },
  {
    operationId: 'handOverPickup',
    method: 'POST',
    path: '/v1/stores/{storeId}/pickups/{orderId}/hand-over',
    callers: ['store', 'retailer'],
    function: 'Readiness',
  },
  {
    operationId: 'acknowledgeStop',
    method: 'POST',
    path: '/v1/stores/{storeId}/pickups/{orderId}/acknowledge-stop',
    callers: ['store', 'retailer'],
    function: 'Readiness',
  },

  // Drivers work a shift, take offers and do the stops of a run.
  { operationId: 'getDriver', method: 'GET', path: '/v1/driver', callers: ['driver'], function: 'Drivers' },
  {
    operationId: 'startShift',
    method: 'POST',
    path: '/v1/driver/shift/start',
    callers: ['driver'],
    function: 'Drivers',
  },
  { operationId: 'endShift', method: 'POST', path: '/v1/driver/shift/end', callers: ['driver'], function: 'Drivers' },
  {
    operationId: 'reportPositions',
    method: 'POST',
    path: '/v1/driver/positions',
    callers: ['driver'],
    function: 'Drivers',
  },
  { operationId: 'listOffers', method: 'GET', path: '/v1/driver/offers', callers: ['driver'], function: 'Drivers' },
  {
    operationId: 'acceptOffer',
    method: 'POST',
    path: '/v1/driver/offers/{offerId}/accept',
    callers: ['driver'],
    function: 'Drivers',
  },
  {
    operationId: 'declineOffer',
    method: 'POST',
    path: '/v1/driver/offers/{offerId}/decline',
    callers: ['driver'],
    function: 'Drivers',
  },
  { operationId: 'getRun', method: 'GET', path: '/v1/driver/run', callers: ['driver'], function: 'Drivers' },
  {
    operationId: 'departForStop',
    method: 'POST',
    path: '/v1/driver/run/stops/{stopId}/depart',
    callers: ['driver'],
    function: 'Drivers',
  },
  {
    operationId: 'arriveAtStop',
    method: 'POST',
    path: '/v1/driver/run/stops/{stopId}/arrive',
    callers: ['driver'],
    function: 'Drivers',
  },
  {
    operationId: 'scanAtStop',
    method: 'POST',
    path: '/v1/driver/run/stops/{stopId}/scan',
    callers: ['driver'],
    function: 'Drivers',
  },
  {
    operationId: 'completeStop',
    method: 'POST',
    path: '/v1/driver/run/stops/{stopId}/complete',
    callers: ['driver'],
    function: 'Drivers',
  },
  {
    operationId: 'failStop',
    method: 'POST',
    path: '/v1/driver/run/stops/{stopId}/fail',
    callers: ['driver'],
    function: 'Drivers',
  },
  {
    operationId: 'giveParcels',
    method: 'POST',
    path: '/v1/driver/hand-overs/{orderId}',
    callers: ['driver'],
    function: 'Drivers',
  },
  {
    operationId: 'applyBlock',
    method: 'PUT',
    path: '/v1/malls/{mallId}/blocks/{blockId}',
    callers: ['operations'],
    function: 'Readiness',
  },
  {
    operationId: 'listBlocks',
    method: 'GET',
    path: '/v1/malls/{mallId}/blocks',
    callers: ['operations'],
    function: 'Readiness',
  },
  {
    operationId: 'listBlocksForDriver',
    method: 'GET',
    path: '/v1/driver/blocks',
    callers: ['driver'],
    function: 'Readiness',
  },
  {
    operationId: 'bookBlock',
    method: 'POST',
    path: '/v1/driver/blocks/{blockId}/book',
    callers: ['driver'],
    function: 'Readiness',
  },
  {
    operationId: 'forfeitBlock',
    method: 'POST',
    path: '/v1/driver/blocks/{blockId}/forfeit',
    callers: ['driver'],
    function: 'Readiness',
  },
  {
    operationId: 'checkIn',
    method: 'POST',
    path: '/v1/driver/blocks/{blockId}/check-in',
    callers: ['driver'],
    function: 'Readiness',
  },
  {
    operationId: 'listEarnings',
    method: 'GET',
    path: '/v1/driver/earnings',
    callers: ['driver'],
    function: 'Readiness',
  },
  {
    operationId: 'createProofUpload',
    method: 'POST',
    path: '/v1/driver/proofs',
    callers: ['driver'],
    function: 'Drivers',
  },

  {
    operationId: 'readDocuments',
    method: 'GET',
    path: '/v1/driver/documents',
    callers: ['driver'],
    function: 'Drivers',
  },
  {
    operationId: 'createDriverDocumentUpload',
    method: 'POST',
    path: '/v1/driver/documents/uploads',
    callers: ['driver'],
    function: 'Drivers',
  },
  {
    operationId: 'submitDriverDocument',
    method: 'POST',
    path: '/v1/driver/documents',
    callers: ['driver'],
    function: 'Drivers',
  },
  {
    operationId: 'appealSuspension',
    method: 'POST',
    path: '/v1/driver/appeal',
    callers: ['driver'],
    function: 'Drivers',
  },

  // Whoever wants to drive holds a link to their application and nothing else.
  { operationId: 'readOpenings', method: 'GET', path: '/v1/join', callers: ['anyone'], function: 'People' },
  { operationId: 'applyToDrive', method: 'POST', path: '/v1/join', callers: ['anyone'], function: 'People' },
  {
    operationId: 'readOwnApplication',
    method: 'GET',
    path: '/v1/join/{token}',
    callers: ['anyone'],
    function: 'People',
  },
  {
    operationId: 'createDocumentUpload',
    method: 'POST',
    path: '/v1/join/{token}/uploads',
    callers: ['anyone'],
    function: 'People',
  },
  {
    operationId: 'submitDocument',
    method: 'POST',
    path: '/v1/join/{token}/documents',
    callers: ['anyone'],
    function: 'People',
  },
  {
    operationId: 'withdrawApplication',
    method: 'POST',
    path: '/v1/join/{token}/withdraw',
    callers: ['anyone'],
    function: 'People',
  },

  // Shoppers hold a link and nothing else.
  { operationId: 'track', method: 'GET', path: '/v1/track/{token}', callers: ['anyone'], function: 'Tracking' },

  // Operations see what waits too long and decide.
  {
    operationId: 'listWaiting',
    method: 'GET',
    path: '/v1/ops/waiting',
    callers: ['operations'],
    function: 'Operations',
  },
  {
    operationId: 'listOpenOrders',
    method: 'GET',
    path: '/v1/ops/orders',
    callers: ['operations'],
    function: 'Operations',
  },
  {
    operationId: 'inspectOrder',
    method: 'GET',
    path: '/v1/ops/orders/{orderId}',
    callers: ['operations'],
    function: 'Operations',
  },
  {
    operationId: 'reassignOrder',
    method: 'POST',
    path: '/v1/ops/orders/{orderId}/reassign',
    callers: ['operations'],
    function: 'Operations',
  },
  {
    operationId: 'resolveOrder',
    method: 'POST',
    path: '/v1/ops/orders/{orderId}/resolve',
    callers: ['operations'],
    function: 'Operations',
  },

  // The directory: malls, stores, channels, drivers and the people behind them.
  { operationId: 'listMalls', method: 'GET', path: '/v1/malls', callers: ['operations'], function: 'Directory' },
  {
    operationId: 'getMall',
    method: 'GET',
    path: '/v1/malls/{mallId}',
    callers: ['channel', 'retailer', 'operations'],
    function: 'Directory',
  },
  {
    operationId: 'applyMall',
    method: 'PUT',
    path: '/v1/malls/{mallId}',
    callers: ['operations'],
    function: 'Directory',
  },
  {
    operationId: 'setMallState',
    method: 'POST',
    path: '/v1/malls/{mallId}/state',
    callers: ['operations'],
    function: 'Directory',
  },
  {
    operationId: 'listStores',
    method: 'GET',
    path: '/v1/malls/{mallId}/stores',
    callers: ['channel', 'retailer', 'operations'],
    function: 'Directory',
  },
  {
    operationId: 'applyStore',
    method: 'PUT',
    path: '/v1/stores/{storeId}',
    callers: ['operations'],
    function: 'Directory',
  },
  {
    operationId: 'applyRetailer',
    method: 'PUT',
    path: '/v1/retailers/{retailerId}',
    callers: ['operations'],
    function: 'Directory',
  },
  {
    operationId: 'applyChannel',
    method: 'PUT',
    path: '/v1/channels/{channelId}',
    callers: ['operations'],
    function: 'Directory',
  },
  {
    operationId: 'createKey',
    method: 'POST',
    path: '/v1/keys',
    callers: ['operations'],
    function: 'Directory',
  },
  { operationId: 'listKeys', method: 'GET', path: '/v1/keys', callers: ['operations'], function: 'Directory' },
  {
    operationId: 'revokeKey',
    method: 'POST',
    path: '/v1/keys/{keyId}/revoke',
    callers: ['operations'],
    function: 'Directory',
  },
  {
    operationId: 'applyDriver',
    method: 'PUT',
    path: '/v1/drivers/{driverId}',
    callers: ['operations'],
    function: 'Directory',
  },

  // Who carries besides the operator's own drivers: delivery partners, and stores that deliver in their neighbourhood.
  {
    operationId: 'listProviders',
    method: 'GET',
    path: '/v1/providers',
    callers: ['operations'],
    function: 'Directory',
  },
  {
    operationId: 'getProvider',
    method: 'GET',
    path: '/v1/providers/{providerId}',
    callers: ['operations'],
    function: 'Directory',
  },
  {
    operationId: 'applyProvider',
    method: 'PUT',
    path: '/v1/providers/{providerId}',
    callers: ['operations'],
    function: 'Directory',
  },
  {
    operationId: 'suspendProvider',
    method: 'POST',
    path: '/v1/providers/{providerId}/suspend',
    callers: ['operations'],
    function: 'Directory',
  },
  {
    operationId: 'reinstateProvider',
    method: 'POST',
    path: '/v1/providers/{providerId}/reinstate',
    callers: ['operations'],
    function: 'Directory',
  },

  // Drivers as operations see to them: who joins, whose papers count, who gets no work and why.
  {
    operationId: 'listApplications',
    method: 'GET',
    path: '/v1/applications',
    callers: ['operations'],
    function: 'People',
  },
  {
    operationId: 'inspectApplication',
    method: 'GET',
    path: '/v1/applications/{applicationId}',
    callers: ['operations'],
    function: 'People',
  },
  {
    operationId: 'judgeApplicationDocument',
    method: 'POST',
    path: '/v1/applications/{applicationId}/documents/{documentId}',
    callers: ['operations'],
    function: 'People',
  },
  {
    operationId: 'recordCheck',
    method: 'POST',
    path: '/v1/applications/{applicationId}/check',
    callers: ['operations'],
    function: 'People',
  },
  {
    operationId: 'approveApplication',
    method: 'POST',
    path: '/v1/applications/{applicationId}/approve',
    callers: ['operations'],
    function: 'People',
  },
  {
    operationId: 'refuseApplication',
    method: 'POST',
    path: '/v1/applications/{applicationId}/refuse',
    callers: ['operations'],
    function: 'People',
  },
  { operationId: 'listDrivers', method: 'GET', path: '/v1/drivers', callers: ['operations'], function: 'Operations' },
  {
    operationId: 'inspectDriver',
    method: 'GET',
    path: '/v1/drivers/{driverId}',
    callers: ['operations'],
    function: 'Operations',
  },
  {
    operationId: 'judgeDriverDocument',
    method: 'POST',
    path: '/v1/drivers/{driverId}/documents/{documentId}',
    callers: ['operations'],
    function: 'Operations',
  },
  {
    operationId: 'suspendDriver',
    method: 'POST',
    path: '/v1/drivers/{driverId}/suspend',
    callers: ['operations'],
    function: 'Operations',
  },
  {
    operationId: 'reinstateDriver',
    method: 'POST',
    path: '/v1/drivers/{driverId}/reinstate',
    callers: ['operations'],
    function: 'Operations',
  },
  {
    operationId: 'upholdSuspension',
    method: 'POST',
    path: '/v1/drivers/{driverId}/uphold',
    callers: ['operations'],
    function: 'Operations',
  },

  // People and devices: who may act as whom, and what they did.
  {
    operationId: 'readMe',
    method: 'GET',
    path: '/v1/me',
    callers: ['store', 'driver', 'operations'],
    function: 'People',
  },
  { operationId: 'listPeople', method: 'GET', path: '/v1/people', callers: ['operations'], function: 'People' },
  { operationId: 'invitePerson', method: 'POST', path: '/v1/people', callers: ['operations'], function: 'People' },
  {
    operationId: 'applyPerson',
    method: 'PUT',
    path: '/v1/people/{subject}',
    callers: ['operations'],
    function: 'People',
  },
  {
    operationId: 'suspendPerson',
    method: 'POST',
    path: '/v1/people/{subject}/suspend',
    callers: ['operations'],
    function: 'People',
  },
  {
    operationId: 'reinstatePerson',
    method: 'POST',
    path: '/v1/people/{subject}/reinstate',
    callers: ['operations'],
    function: 'People',
  },
  {
    operationId: 'createPairingCode',
    method: 'POST',
    path: '/v1/stores/{storeId}/pairing-codes',
    callers: ['operations'],
    function: 'People',
  },
  { operationId: 'pairDevice', method: 'POST', path: '/v1/devices', callers: ['anyone'], function: 'People' },
  { operationId: 'listAudit', method: 'GET', path: '/v1/audit', callers: ['operations'], function: 'People' },

  { operationId: 'getOpenApi', method: 'GET', path: '/openapi.json', callers: ['anyone'], function: 'Directory' },
] as const satisfies readonly Route[];

export type OperationId = (typeof routes)[number]['operationId'];
