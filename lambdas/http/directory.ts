import openApiDocument from '../../docs/api/openapi.json' with { type: 'json' };
import { systemRandomness } from '../adapters/randomness.ts';
import * as apiKeys from '../application/api-keys.ts';
import * as directory from '../application/directory.ts';
import * as choices from '../application/provider-choices.ts';
import * as providers from '../application/providers.ts';
import { database, secrets } from '../compose.ts';
import {
  asId,
  type ChannelId,
  type DriverId,
  type MallId,
  type ProviderId,
  type RetailerId,
  type StoreId,
} from '../domain/ids.ts';
import { api } from './api.ts';

const ports: directory.DirectoryPorts & apiKeys.ApiKeyPorts = {
  database: database('catalogue', 'fleet', 'requests'),
  secrets: secrets(),
  randomness: systemRandomness,
};

export const handler = api({
  listMalls: () => directory.listMalls(ports),

  getMall: ({ params }) => directory.getMall(ports, asId<MallId>(params.mallId)),

  applyMall: ({ params, body, request, now }) =>
    directory.applyMall(ports, { ...body, id: asId<MallId>(params.mallId) }, { request, now }),

  setMallState: ({ params, body, request, now }) =>
    directory.setMallState(ports, asId<MallId>(params.mallId), body, request, now),

  listStores: ({ params }) => directory.listStores(ports, asId<MallId>(params.mallId)),

  applyStore: ({ params, body, request, now }) =>
    directory.applyStore(
      ports,
      {
        ...body,
        id: asId<StoreId>(params.storeId),
        mallId: asId<MallId>(body.mallId),
        retailerId: asId<RetailerId>(body.retailerId),
      },
      { request, now },
    ),

  applyRetailer: ({ params, body, request, now }) =>
    directory.applyRetailer(ports, { ...body, id: asId<RetailerId>(params.retailerId) }, { request, now }),

  readProviderChoice: ({ params, principal, now }) =>
    choices.readProviderChoice(ports, principal, asId<RetailerId>(params.retailerId), now),

  chooseProviders: ({ params, body, principal, request, now }) =>
    choices.chooseProviders(ports, principal, asId<RetailerId>(params.retailerId), body.choice, { request, now }),

  applyChannel: ({ params, body, request, now }) =>
    directory.applyChannel(ports, { ...body, id: asId<ChannelId>(params.channelId) }, { request, now }),

  createKey: ({ body, request, now }) => apiKeys.createKey(ports, body.owner, request, now),

  listKeys: ({ query }) => apiKeys.listKeys(ports, query),

  revokeKey: ({ params, request, now }) => apiKeys.revokeKey(ports, params.keyId, request, now),

  applyDriver: ({ params, body, request, now }) =>
    directory.applyDriver(
      ports,
      { ...body, id: asId<DriverId>(params.driverId), mallId: asId<MallId>(body.mallId) },
      { request, now },
    ),

  listProviders: ({ now }) => providers.listProviders(ports, now),

  getProvider: ({ params, now }) => providers.getProvider(ports, asId<ProviderId>(params.providerId), now),

  applyProvider: ({ params, body, request, now }) =>
    providers.applyProvider(ports, { ...body, id: asId<ProviderId>(params.providerId) }, { request, now }),

  suspendProvider: ({ params, body, request, now }) =>
    providers.suspendProvider(ports, asId<ProviderId>(params.providerId), body.reason, request, now),

  reinstateProvider: ({ params, request, now }) =>
    providers.reinstateProvider(ports, asId<ProviderId>(params.providerId), request, now),

  getOpenApi: async () => openApiDocument,
});
