import type { Offer, Run, RunStop } from '../../../local/actors/api-types.ts';
import type { Town } from './town.ts';
import type { Answer, Call, Transport } from './transports.ts';

/** The calls that are measured, in the order of an order's life. */
export const measuredCalls = [
  'place',
  'accept',
  'ready',
  'offer accept',
  'arrive',
  'scan',
  'complete',
  'track',
] as const;
export type MeasuredCall = (typeof measuredCalls)[number];

export interface JourneyOptions {
  town: Town;
  transport: Transport;
  /** Before a call is measured. */
  before: () => Promise<void>;
  measured: (call: MeasuredCall, wallMs: number) => void;
}

const noOne = { context: { kind: 'none' }, token: null };
/** Business ms. */
const dispatchStepMs = 5_000;
const dispatchSteps = 60;

/** Takes one order from the basket to the door and measures its main calls; everything settles in between. */
export async function journey({ town, transport, before, measured }: JourneyOptions): Promise<void> {
  const { clock, channel, store, driver, storeId } = town;
  const send = async (call: Call): Promise<Answer['body']> => expectDone(call, await transport(call));
  const timed = async (name: MeasuredCall, call: Call): Promise<Answer['body']> => {
    await clock.settled();
    await before();
    const started = performance.now();
    const answer = await transport(call);
    measured(name, performance.now() - started);
    return expectDone(call, answer);
  };
  const { id: orderId } = await timed('place', { operation: 'placeOrder', as: channel, body: town.basket });
  const { trackingUrl } = await send({ operation: 'getOrder', as: channel, params: { orderId } });
  const token = trackingUrl.split('/').at(-1);
  const params = { storeId, orderId };
  await timed('accept', { operation: 'acceptPickup', as: store, params, body: {} });
  const label = `BENCH-${orderId.slice(-10).toUpperCase()}`;
  await timed('ready', { operation: 'readyPickup', as: store, params, body: { parcels: [{ label }] } });

  const offer = await openOffer(town, send);
  const acceptance = { params: { offerId: offer.id }, body: { version: offer.version } };
  await timed('offer accept', { operation: 'acceptOffer', as: driver, ...acceptance });
  for (let stop = await nextStop(town, send); stop; stop = await nextStop(town, send)) {
    const at = { as: driver, params: { stopId: stop.id } };
    await send({ operation: 'departForStop', ...at, body: {} });
    await timed('arrive', { operation: 'arriveAtStop', ...at, body: {} });
    await timed('scan', { operation: 'scanAtStop', ...at, body: { label } });
    const { pin } = await timed('track', { operation: 'track', as: noOne, params: { token } });
    const proof = stop.kind === 'dropoff' ? { proof: { kind: 'pin', pin } } : {};
    await timed('complete', { operation: 'completeStop', ...at, body: { labels: [label], ...proof } });
  }
  await clock.settled();
}

type Send = (call: Call) => Promise<Answer['body']>;

async function openOffer({ clock, driver }: Town, send: Send): Promise<Offer> {
  for (let step = 0; step < dispatchSteps; step++) {
    await clock.advanceBy(dispatchStepMs);
    const { data } = (await send({ operation: 'listOffers', as: driver })) as { data: Offer[] };
    if (data[0]) return data[0];
  }
  throw new Error('No driver was offered the order: dispatch does not work.');
}

async function nextStop({ driver }: Town, send: Send): Promise<RunStop | undefined> {
  const { run } = (await send({ operation: 'getRun', as: driver })) as { run: Run | null };
  return run?.stops.find(({ id }) => run.nextStopIds.includes(id));
}

function expectDone({ operation }: Call, { status, body }: Answer): Answer['body'] {
  if (status < 300) return body;
  throw new Error(`${operation} was answered with ${status}: ${body?.detail ?? JSON.stringify(body)}`);
}
