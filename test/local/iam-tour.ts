import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Order } from '../../local/actors/api-types.ts';
import type { PickupPlan } from '../../local/actors/store.ts';
import { region } from '../../local/assembly/home.ts';
import { operationsId } from '../../local/demo/cast.ts';
import type { AccessRequest } from '../../local/iam/evaluate.ts';
import { pilotAddresses } from '../../local/pilot/pilot.ts';
import { ScenarioEnded, Stage } from '../../local/scenario/stage.ts';
import { awsJson, awsJsonError, type ServiceRequest } from '../../local/services.ts';
import { passHourlyAt } from './hourly-pass.ts';

export interface TourOptions {
  assemblyDirectory: string;
  dataDirectory: string;
  onRequest: (request: AccessRequest) => void;
}

const minute = 60_000;
/** Among the blind: it takes no events. */
const theBus = 'bus';

/**
 * Goes once through everything the functions do, in one cloud, by the public API: each act takes a role to a call that
 * the others do not. Answers what went wrong, denials included.
 */
export async function tour(options: TourOptions): Promise<string[]> {
  const blind = new Set<string>();
  const stage = await Stage.open({
    ...options,
    at: '10:30',
    onExchange: () => {},
    fault: async (request) => {
      if (request.service === 'events' && blind.has(theBus)) return awsJsonError(500, 'InternalException', 'Down.');
      return isBlind(request, blind) ? awsJson({}) : undefined;
    },
  });
  try {
    await new Tour(stage, blind).run();
  } catch (error) {
    if (!(error instanceof ScenarioEnded)) throw error;
  } finally {
    await stage.close();
  }
  return stage.violations;
}

/** A consumer that finds no item does nothing, as one would that is behind: then the sweeper has to. */
function isBlind({ service, headers, caller, body }: ServiceRequest, blind: Set<string>): boolean {
  if (service !== 'dynamodb' || !headers['x-amz-target']?.endsWith('.GetItem')) return false;
  const { TableName } = JSON.parse(body.toString('utf8')) as { TableName: string };
  return [...blind].some((both) => {
    const [name, table] = both.split(' ');
    return caller.role.includes(`-${name}Role`) && TableName.includes(`-${table}`);
  });
}

class Tour {
  readonly #stage: Stage;
  /** `<function> <table>`: what a function does not find. */
  readonly #blind: Set<string>;
  readonly #plans = new Map<string, Record<number, Partial<PickupPlan>>>();
  #answer: 'accept' | 'ignore' = 'accept';
  #isOnDuty = true;

  constructor(stage: Stage, blind: Set<string>) {
    this.#stage = stage;
    this.#blind = blind;
  }

  async run(): Promise<void> {
    await this.#readDirectory();
    await this.#invite();
    await this.#join();
    await this.#suspend();
    await this.#applyProvider();
    const planOf = (store: number) => (pickup: { orderId: string }) => this.#plans.get(pickup.orderId)?.[store] ?? {};
    this.#stage.openStores({ 0: planOf(0), 1: planOf(1), 2: planOf(2) });
    this.#blind.add(theBus);
    const { first, second } = await this.#placeTwo();
    this.#blind.delete(theBus);
    this.#stage.sendDriver(0, { answerOffer: () => this.#answer, isOnDuty: () => this.#isOnDuty });
    await this.#deliverBoth(first, second);
    await this.#erase(second);
    await this.#callOffOnTheWay();
    await this.#letDeadlinesMove();
    await this.#loseTheStreams();
    await this.#losePart();
  }

  /** Reading the catalogue, and a key whose answer got lost and is asked for again. */
  async #readDirectory(): Promise<void> {
    const operations = this.#stage.person(operationsId);
    const { id } = this.#stage.mall.mall;
    await operations.get('/v1/malls');
    await operations.get(`/v1/malls/${id}`);
    await operations.get(`/v1/malls/${id}/stores`);
    const owner = { kind: 'channel', channelId: this.#stage.mall.channels[0]!.id };
    await operations.post('/v1/keys', { owner }, 'the-same-key');
    await operations.post('/v1/keys', { owner }, 'the-same-key');
    await (await this.#stage.retailer(this.#stage.mall.retailers[0]!.id)).get(
      `/v1/stores/${this.#stage.storeId(0)}/pickups`,
    );
  }

  /** Everybody is invited twice, as a message may get lost. */
  async #invite(): Promise<void> {
    const operations = this.#stage.person(operationsId);
    const storeId = this.#stage.storeId(0);
    const roles = [{ kind: 'operations' }, { kind: 'store', storeId }];
    for (const role of [...roles, ...roles]) {
      await operations.post('/v1/people', { email: `${role.kind}@example.com`, name: 'Kim', role });
    }
    await operations.get('/v1/people');
    const { code } = await operations.post<{ code: string }>(`/v1/stores/${storeId}/pairing-codes`, {});
    const publicKey = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) };
    await operations.post('/v1/devices', { code, name: 'Tablet', publicKey });
    await operations.get('/v1/audit');
    await operations.get(`/v1/audit?driverId=${this.#stage.mall.drivers[0]!.id}`);
    await operations.get('/v1/audit?orderId=ord_nothing');
  }

  /** A store that delivers nearby, with a driver who never comes: the first retailer would rather have it carry. */
  async #applyProvider(): Promise<void> {
    const operations = this.#stage.person(operationsId);
    const { id: mallId, zone, position, hours: calendar } = this.#stage.mall.mall;
    const hub = { kind: 'hub_store', name: 'Corner Bikes', zone, vehicles: ['bicycle'], position, calendar };
    await operations.put('/v1/providers/corner-bikes', hub);
    const driver = { name: 'Kim', mallId, vehicle: 'bicycle', providerId: 'corner-bikes' };
    await operations.put('/v1/drivers/corner-bikes.kim', driver);
    const { id, name } = this.#stage.mall.retailers[0]!;
    await operations.put(`/v1/retailers/${id}`, { name, providers: { inOrder: ['corner-bikes', 'gig'] } });
    await operations.get('/v1/providers');
    await operations.get('/v1/providers/corner-bikes');
  }

  /** One is approved, and shows a paper as a driver; one withdraws, whose picture is erased in half a year. */
  async #join(): Promise<void> {
    const operations = this.#stage.person(operationsId);
    await operations.get('/v1/join');
    const driver = await this.#apply();
    const seen = await operations.get<Shown>(`/v1/applications/${driver.applicationId}`);
    const path = `/v1/applications/${driver.applicationId}`;
    for (const { id, pictureUrl } of seen.documents) {
      this.#stage.expect((await fetch(pictureUrl)).ok, 'the picture of a paper cannot be seen');
      await operations.post(`${path}/documents/${id}`, { outcome: 'accepted' });
    }
    await operations.post(`${path}/check`, { outcome: 'clear', reference: 'BC-7' });
    await operations.post(`${path}/approve`, {});
    const left = await this.#apply();
    await operations.get('/v1/applications');
    await operations.post(`/v1/join/${left.token}/withdraw`, {});
  }

  async #apply() {
    const anybody = this.#stage.person(operationsId);
    const applied = await anybody.post<{ applicationId: string; token: string }>('/v1/join', {
      name: 'Robin Secret',
      email: 'robin@example.com',
      phone: '+14805550199',
      mallId: this.#stage.mall.mall.id,
      vehicle: 'walking',
      agreesToCheck: true,
    });
    for (const kind of ['identity_document', 'right_to_work']) {
      await this.#showPaper(anybody, `/v1/join/${applied.token}`, '', kind);
    }
    await anybody.get(`/v1/join/${applied.token}`);
    return applied;
  }

  async #showPaper(client: ReturnType<Stage['person']>, base: string, below: string, kind: string): Promise<void> {
    const link = await client.post<{ documentId: string; uploadUrl: string }>(`${base}${below}/uploads`, {
      contentType: 'image/jpeg',
    });
    await fetch(link.uploadUrl, { method: 'PUT', headers: { 'content-type': 'image/jpeg' }, body: 'a paper' });
    await client.post(`${base}/documents`, { documentId: link.documentId, kind, expiresOn: '2028-06-30' });
  }

  /** The last driver of the mall shows a paper, is suspended, appeals and is back. */
  async #suspend(): Promise<void> {
    const operations = this.#stage.person(operationsId);
    const { id } = this.#stage.mall.drivers.at(-1)!;
    const driver = this.#stage.person(id);
    const path = `/v1/drivers/${id}`;
    await this.#showPaper(driver, '/v1/driver', '/documents', 'right_to_work');
    await driver.get('/v1/driver/documents');
    const { documents } = await operations.get<Shown>(path);
    this.#stage.expect((await fetch(documents[0]!.pictureUrl)).ok, 'the picture of a paper cannot be seen');
    await operations.post(`${path}/documents/${documents[0]!.id}`, { outcome: 'accepted' });
    await operations.post(`${path}/suspend`, { reason: 'conduct', note: 'Shouted at a store.' });
    await operations.get('/v1/drivers?list=suspended');
    await driver.post('/v1/driver/appeal', { text: 'It was somebody else.' });
    await operations.post(`${path}/reinstate`, { answer: 'We looked again.' });
  }

  async #placeTwo(): Promise<{ first: Order; second: Order }> {
    const first = await this.#stage.place(this.#stage.basket([0], { doorProof: 'pin', externalId: 'one' }));
    const second = await this.#stage.place(this.#stage.basket([1]));
    for (const { id } of [first, second]) {
      await this.#stage.until('ready', id, 60, ({ pickups }) => pickups.every(({ status }) => status === 'ready'));
    }
    // Nobody has it yet: when it should come depends on the drivers on shift.
    await this.#stage.channel.track(first.id);
    return { first, second };
  }

  /** One run with two orders: whoever decides about one reads the other. */
  async #deliverBoth(first: Order, second: Order): Promise<void> {
    const stage = this.#stage;
    await stage.until('assigned', first.id, 60, ({ driverId }) => driverId !== undefined);
    await stage.channel.track(first.id);
    await stage.operations.openOrders();
    await stage.operations.waiting();
    await stage.untilEnded(first.id);
    const order = await stage.untilEnded(second.id);
    const { photoUrl } = await stage.channel.track(order.id);
    stage.expect(photoUrl !== undefined && (await fetch(photoUrl)).ok, 'the photo cannot be seen');
    await stage.channel.list();
    await stage.person(stage.mall.drivers[0]!.id).get('/v1/driver/earnings');
    await stage.record(order.id);
  }

  /**
   * While the driver is still at the door; a photo comes late. Half a year on, as the hourly pass is told, whatever was
   * kept of others goes as well.
   */
  async #erase({ id }: Order): Promise<void> {
    const stage = this.#stage;
    const door = pilotAddresses.find(({ municipality }) => municipality === 'Chandler')!;
    const { driverId } = await stage.channel.order(id);
    const at = new Date(stage.now).toISOString();
    await stage.person(driverId!).post('/v1/driver/positions', { positions: [{ at, position: door.position }] });
    await stage.person(operationsId).post(`/v1/orders/${id}/erase`);
    await this.#putPhoto(`proofs/${driverId}/dropoff-${id}/late`);
    await passHourlyAt(stage.cloud, new Date(stage.now + 181 * 24 * 60 * minute));
  }

  async #putPhoto(Key: string): Promise<void> {
    const { servicesUrl: endpoint, operatorCredentials: credentials, deployment } = this.#stage.cloud;
    const { name: Bucket } = deployment.ofType('AWS::S3::Bucket').find(({ logicalId }) => /^Proofs/.test(logicalId))!;
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await client.send(new PutObjectCommand({ Bucket, Key, Body: 'a door' }));
    client.destroy();
  }

  /** Orders that leave a run: by the channel, by their store, by operations, by the clock. */
  async #callOffOnTheWay(): Promise<void> {
    const stage = this.#stage;
    const never = { 0: { readyAt: Number.POSITIVE_INFINITY } };
    const byChannel = await this.#assigned([0], never);
    await stage.channel.cancel(byChannel);
    await stage.untilEnded(byChannel);

    const byStore = await this.#assigned([0], never);
    await this.#storeActs(0, byStore, 'reject', { reason: 'out_of_stock' });
    await stage.untilEnded(byStore);

    const byClock = await this.#assigned([0], never);
    await stage.untilEnded(byClock);

    const byOperations = await this.#assigned([0], never);
    await stage.operations.reassign(byOperations, 'other');
    await stage.operations.resolve(byOperations, 'cancel');
    await stage.untilEnded(byOperations);
  }

  /** The store that was the latest is ready before the others: a deadline that runs moves earlier. */
  async #letDeadlinesMove(): Promise<void> {
    const id = await this.#placeWithLateStore();
    await this.#stage.pass(minute);
    await this.#readyEarly(id);
    await this.#stage.pass(minute);
    await this.#stage.channel.cancel(id);
    await this.#stage.untilEnded(id);
  }

  /** The consumers of the streams are blind: the sweeper starts, completes, tells of deadlines, expires the offer. */
  async #loseTheStreams(): Promise<void> {
    const stage = this.#stage;
    this.#answer = 'ignore';
    this.#blind.add('Resumer orders').add('Dispatch fleet');
    const id = await this.#placeWithLateStore();
    await stage.pass(8 * minute);
    await this.#readyEarly(id);
    // The planner may wait 10 minutes for company, and then nobody answers.
    await stage.pass(30 * minute);
    this.#blind.clear();
    await stage.channel.cancel(id);
    await stage.untilEnded(id);
  }

  /** An execution that is stopped from outside: the sweeper gives its order another. */
  async #losePart(): Promise<void> {
    const stage = this.#stage;
    this.#isOnDuty = false;
    await stage.pass(2 * minute);
    const { id } = await stage.place(stage.basket([0]));
    this.#plans.set(id, { 0: { readyAt: Number.POSITIVE_INFINITY } });
    await this.#confirmed(id);
    const { executionName } = await stage.operations.inspect(id);
    await this.#stopExecution(executionName);
    await stage.pass(12 * minute);
    const { executionName: next } = await stage.operations.inspect(id);
    stage.expect(next !== executionName, `${id} got no other execution`);
    await stage.channel.cancel(id);
    await stage.untilEnded(id);
  }

  async #stopExecution(name: string): Promise<void> {
    const { servicesUrl, operatorCredentials, executions } = this.#stage.cloud;
    const client = new SFNClient({ endpoint: servicesUrl, region, credentials: operatorCredentials });
    await client.send(new StopExecutionCommand({ executionArn: executions.describe(name)!.arn }));
    client.destroy();
  }

  async #placeWithLateStore(): Promise<string> {
    const stage = this.#stage;
    const { id } = await stage.place(stage.basket([0, 1, 2]));
    this.#plans.set(id, { 1: { answer: 'ignore' }, 2: { readyAt: Number.POSITIVE_INFINITY } });
    await this.#storeActs(1, id, 'accept', { readyAt: new Date(stage.now + 70 * minute).toISOString() });
    await this.#confirmed(id);
    return id;
  }

  #readyEarly(id: string): Promise<unknown> {
    return this.#storeActs(1, id, 'ready', { parcels: [{ label: 'MW-EARLY' }], missingLineIds: [] });
  }

  #storeActs(index: number, orderId: string, act: string, body: object): Promise<unknown> {
    const storeId = this.#stage.storeId(index);
    return this.#stage.person(storeId).post(`/v1/stores/${storeId}/pickups/${orderId}/${act}`, body);
  }

  async #assigned(stores: number[], plan: Record<number, Partial<PickupPlan>>): Promise<string> {
    const { id } = await this.#stage.place(this.#stage.basket(stores));
    this.#plans.set(id, plan);
    await this.#stage.until('assigned', id, 60, ({ driverId }) => driverId !== undefined);
    return id;
  }

  async #confirmed(id: string): Promise<void> {
    await this.#stage.until('confirmed', id, 30, ({ pickups }) => pickups.every(({ status }) => status !== 'pending'));
  }
}

interface Shown {
  documents: { id: string; pictureUrl: string }[];
}
