import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'vitest';
import { answerBreaches } from '../../lambdas/http/answers.ts';
import { type ApiKey, signWithKey } from '../../local/actors/credentials.ts';
import type { SteppedClock } from '../../local/clock.ts';
import { type Cloud, type CloudOptions, startCloud } from '../../local/cloud.ts';
import { operationsId } from '../../local/demo/cast.ts';
import { found } from '../../local/founding.ts';
import type { MallDocument } from '../../local/pilot/mall-document.ts';
import { addressLine, pilotAddresses, pilotMalls } from '../../local/pilot/pilot.ts';
import { sharedAssembly } from '../assembly.ts';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every operation
  body: any;
}

export interface Request {
  method: string;
  path: string;
  token?: string | null;
  /** Sent as JSON; `rawBody` is sent as it is. */
  body?: unknown;
  rawBody?: string | undefined;
  /** `application/json` unless said otherwise. */
  contentType?: string;
  /** Sent besides those that follow from the rest. */
  headers?: Record<string, string>;
  /** The public port unless told. */
  baseUrl?: string;
  /** Null sends no Idempotency-Key; undefined sends a new one with each POST. */
  key?: string | null;
}

/** Sends what must succeed; gives its body. */
export type Act = (request: Request) => Promise<Answer['body']>;

/** A Tuesday at noon in Chandler, when its mall is open. Phoenix has no daylight saving. */
const startAt = Date.parse('2026-12-01T19:00:00Z');

/**
 * The synthesised stacks in an embedded cloud on a stepped clock: one mall, two stores of two retailers, two drivers
 * and two channels, each with a credential of their own.
 */
export class World {
  readonly cloud: Cloud;
  readonly mall: MallDocument;
  readonly keys: Record<'channel' | 'otherChannel' | 'retailer' | 'otherRetailer', ApiKey>;
  readonly tokens: Record<Owner, string>;
  readonly #folder: string;
  readonly #dynamoDb: DynamoDBClient;
  #keyCount = 0;

  private constructor(
    cloud: Cloud,
    folder: string,
    mall: MallDocument,
    keys: World['keys'],
    tokens: Record<Owner, string>,
  ) {
    this.cloud = cloud;
    this.mall = mall;
    this.keys = keys;
    this.tokens = tokens;
    this.#folder = folder;
    this.#dynamoDb = new DynamoDBClient({
      endpoint: cloud.servicesUrl,
      region: 'us-east-1',
      credentials: cloud.operatorCredentials,
    });
  }

  /** With `fault`, which may answer in place of a service. */
  static async open({ fault }: Pick<CloudOptions, 'fault'> = {}): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'mallway-api-'));
    const assemblyDirectory = await sharedAssembly();
    const cloud = await startCloud({
      assemblyDirectory,
      dataDirectory: join(folder, 'data'),
      clock: { stepped: true, startAt },
      addresses: pilotAddresses.map(({ position: [lon, lat], ...address }) => ({ ...address, position: [lon, lat] })),
      lambda: { concurrency: 4, environments: 16, queueWaitMs: 20_000 },
      dynamoDbEndpoint: process.env.DYNAMODB_ENDPOINT,
      ...(fault && { fault }),
    });
    const mall = smallMall();
    const { credentials } = await found(cloud, [mall]);
    const operations = await cloud.mint({ sub: operationsId });
    const keyOf = async (owner: object): Promise<ApiKey> => {
      const response = await fetch(`${cloud.url}/v1/keys`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${operations}`,
          'content-type': 'application/json',
          'idempotency-key': JSON.stringify(owner),
        },
        body: JSON.stringify({ owner }),
      });
      return (await response.json()) as ApiKey;
    };
    const keys = {
      channel: credentials.channels[0]!,
      otherChannel: await keyOf({ kind: 'channel', channelId: 'other-channel' }),
      retailer: await keyOf({ kind: 'retailer', retailerId: mall.retailers[0]!.id }),
      otherRetailer: await keyOf({ kind: 'retailer', retailerId: mall.retailers[1]!.id }),
    };
    const sign = (key: ApiKey) => signWithKey(key, cloud.audience);
    const person = (sub: string) => cloud.mint({ sub });
    return new World(cloud, folder, mall, keys, {
      channel: await sign(keys.channel),
      otherChannel: await sign(keys.otherChannel),
      retailer: await sign(keys.retailer),
      otherRetailer: await sign(keys.otherRetailer),
      store: await person(mall.stores[0]!.id),
      otherStore: await person(mall.stores[1]!.id),
      driver: await person(mall.drivers[0]!.id),
      otherDriver: await person(mall.drivers[1]!.id),
      operations,
    });
  }

  async close(): Promise<void> {
    this.#dynamoDb.destroy();
    await this.cloud.stop();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  get #clock(): SteppedClock {
    return this.cloud.clock as SteppedClock;
  }

  /** Every answer that says it was done is held against its schema. */
  async send({
    method,
    path,
    token = null,
    body,
    rawBody,
    contentType,
    headers,
    baseUrl,
    key,
  }: Request): Promise<Answer> {
    const sent = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
    const keyToSend = key === undefined && method === 'POST' ? `key-${++this.#keyCount}` : key;
    const response = await fetch(`${baseUrl ?? this.cloud.url}${path}`, {
      method,
      headers: {
        ...headers,
        ...(token !== null && { authorization: token.includes(' ') ? token : `Bearer ${token}` }),
        ...(sent !== undefined && { 'content-type': contentType ?? 'application/json' }),
        ...(keyToSend != null && { 'idempotency-key': keyToSend }),
      },
      ...(sent !== undefined && { body: sent }),
    });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, text, body: parsed(text) };
    expect(answerBreaches(method, path, answer.status, answer.body)).toEqual([]);
    return answer;
  }

  /** Sends what must succeed, and lets everything settle that follows from it. */
  async succeed(request: Request) {
    const answer = await this.send(request);
    if (answer.status >= 300) throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text}`);
    await this.#clock.settled();
    return answer.body;
  }

  pass(seconds: number): Promise<void> {
    return this.#clock.advanceBy(seconds * 1000);
  }

  settled(): Promise<void> {
    return this.#clock.settled();
  }

  basket(stores: number[] = [0]) {
    return {
      mallId: this.mall.mall.id,
      pickups: stores.map((index) => ({
        storeId: this.mall.stores[index]!.id,
        lines: [{ sku: 'SKU-1', name: 'Mug', quantity: 1, unitPriceCents: 1200 }],
      })),
      dropoff: { name: 'Robin Secret', phone: '+14805550199', address: door() },
    };
  }

  /** The first driver, unless told of another, is near and takes offers. */
  async onShift(act: Act = (request) => this.succeed(request), token = this.tokens.driver): Promise<void> {
    const positions = [{ at: new Date(this.#clock.now()).toISOString(), position: this.mall.mall.position }];
    await act({ method: 'POST', path: '/v1/driver/positions', token, body: { positions } });
    await act({ method: 'POST', path: '/v1/driver/shift/start', token });
  }

  /** Lets time pass until that driver has an offer. */
  async nextOffer(token = this.tokens.driver): Promise<{ offerId: string; version: number }> {
    for (let tries = 0; tries < 80; tries++) {
      const { data } = await this.succeed({ method: 'GET', path: '/v1/driver/offers', token });
      if (data[0]) return { offerId: data[0].id, version: data[0].version };
      await this.pass(30);
    }
    throw new Error('The driver got no offer within 40 minutes.');
  }

  /** An order over both stores with an open offer to the first driver. */
  async offered(): Promise<{ orderId: string; trackingToken: string; offerId: string; version: number }> {
    const { channel, store, otherStore } = this.tokens;
    const order = await this.succeed({ method: 'POST', path: '/v1/orders', token: channel, body: this.basket([0, 1]) });
    await this.onShift();
    for (const [index, token] of [store, otherStore].entries()) {
      const path = `/v1/stores/${this.mall.stores[index]!.id}/pickups/${order.id}/accept`;
      await this.succeed({ method: 'POST', path, token });
    }
    const { trackingUrl } = await this.succeed({ method: 'GET', path: `/v1/orders/${order.id}`, token: channel });
    return { orderId: order.id, trackingToken: trackingUrl.split('/').at(-1), ...(await this.nextOffer()) };
  }

  /** Writes over an order where it is kept, as no rule of ours would. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever is kept of an order
  async spoil(orderId: string, change: (data: any) => object): Promise<void> {
    const tables = this.cloud.deployment.ofType('AWS::DynamoDB::Table').map(({ name }) => name);
    const TableName = tables.find((name) => /-orders/.test(name))!;
    const Key = marshall({ pk: `ORDER#${orderId}`, sk: 'ORDER' });
    const { Item } = await this.#dynamoDb.send(new GetItemCommand({ TableName, Key }));
    const item = unmarshall(Item!);
    const spoilt = { ...item, data: { ...item.data, ...change(item.data) } };
    await this.#dynamoDb.send(new PutItemCommand({ TableName, Item: marshall(spoilt) }));
    await this.settled();
  }

  /** Every item of every table: a request that was refused leaves all of them as they were. */
  async everything(): Promise<Record<string, unknown[]>> {
    const names = this.cloud.deployment.ofType('AWS::DynamoDB::Table').map(({ name }) => name);
    const scans = await Promise.all(names.map((TableName) => this.#dynamoDb.send(new ScanCommand({ TableName }))));
    return Object.fromEntries(names.map((name, index) => [name, scans[index]!.Items ?? []]));
  }
}

export type Owner =
  | 'channel'
  | 'otherChannel'
  | 'retailer'
  | 'otherRetailer'
  | 'store'
  | 'otherStore'
  | 'driver'
  | 'otherDriver'
  | 'operations';

export function door(): string {
  return addressLine(pilotAddresses.find(({ municipality }) => municipality === 'Chandler')!);
}

function smallMall(): MallDocument {
  const { mall, retailers, stores, drivers, channels } = pilotMalls[0]!;
  const first = stores[0]!;
  const second = stores.find(({ retailerId }) => retailerId !== first.retailerId)!;
  return {
    mall,
    stores: [first, second],
    retailers: [first, second].map(({ retailerId }) => retailers.find(({ id }) => id === retailerId)!),
    drivers: drivers.slice(0, 2),
    channels: [...channels, { id: 'other-channel', name: 'Another channel' }],
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
