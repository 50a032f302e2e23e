import { parseArgs } from 'node:util';
import { aligned, runCommand } from '../../local/command.ts';
import { type CallFigures, callFigures, Samples } from './calls/figures.ts';
import { type JourneyOptions, journey, measuredCalls } from './calls/journey.ts';
import { openTown, type Town } from './calls/town.ts';
import { bare, type Transport, throughCloud } from './calls/transports.ts';

const usage = `npm run bench [-- options]

Measures the main calls in wall time through the embedded cloud, cold (their function's process ended before) and warm,
beside the same handlers called bare in one process with the same database. Figures only: it never fails on time.

  --orders <n>  orders taken to the door for each of cloud and bare   (20)
  --cold <n>    orders with every measured call cold; 0 for none      (3)
  --burst <n>   orders placed as fast as they go, eight at once       (100)
  --json        one line of JSON`;

interface BenchOptions {
  orders: number;
  cold: number;
  burst: number;
}

interface BenchFigures {
  options: BenchOptions;
  calls: CallFigures[];
  /** Orders in a wall second. */
  placedPerSecond: { cloud: number; bare: number; ratio: number };
}

const placesAtOnce = 8;

await runCommand(usage, async () => {
  const { values } = parseArgs({
    options: {
      orders: { type: 'string', default: '20' },
      cold: { type: 'string', default: '3' },
      burst: { type: 'string', default: '100' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { usage: true };
  const options = {
    orders: countOf('orders', values.orders, 1),
    cold: countOf('cold', values.cold, 0),
    burst: countOf('burst', values.burst, 1),
  };
  const figures = await measure(options);
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : shown(figures));
  return;
});

async function measure(options: BenchOptions): Promise<BenchFigures> {
  const town = await openTown();
  try {
    const cloudly = throughCloud(town.cloud);
    const barely = await bare(town.cloud);
    const [cold, warm, unmeasured, direct] = [new Samples(), new Samples(), new Samples(), new Samples()];
    const take = (transport: Transport, samples: Samples, before: JourneyOptions['before'] = async () => {}) =>
      journey({ town, transport, before, measured: (call, wallMs) => samples.add(call, wallMs) });
    await startShift(town, cloudly);
    await take(cloudly, unmeasured);
    await take(barely, unmeasured);
    // Turn by turn, so that whatever else the machine does falls on both.
    for (let order = 0; order < options.orders; order++) {
      await take(cloudly, warm);
      await take(barely, direct);
    }
    for (let order = 0; order < options.cold; order++) await take(cloudly, cold, town.coolDown);
    const cloudRate = await placeAll(town, cloudly, options.burst);
    const bareRate = await placeAll(town, barely, options.burst);
    return {
      options,
      calls: measuredCalls.map((call) => callFigures(call, { cold, warm, bare: direct })),
      placedPerSecond: { cloud: cloudRate, bare: bareRate, ratio: bareRate / cloudRate },
    };
  } finally {
    await town.close();
  }
}

async function startShift({ clock, driver, position }: Town, transport: Transport): Promise<void> {
  const positions = [{ at: new Date(clock.now()).toISOString(), position }];
  for (const call of [
    { operation: 'reportPositions', as: driver, body: { positions } },
    { operation: 'startShift', as: driver },
  ] as const) {
    const { status, body } = await transport(call);
    if (status >= 300) throw new Error(`${call.operation} was answered with ${status}: ${body?.detail}`);
  }
  await clock.settled();
}

/** Orders in a wall second, until each has its answer; what follows from them runs beside. */
async function placeAll({ clock, channel, basket }: Town, transport: Transport, count: number): Promise<number> {
  await clock.settled();
  let left = count;
  const started = performance.now();
  const place = async () => {
    while (left-- > 0) {
      const { status, body } = await transport({ operation: 'placeOrder', as: channel, body: basket });
      if (status !== 201) throw new Error(`An order was answered with ${status}: ${body?.detail}`);
    }
  };
  await Promise.all(Array.from({ length: placesAtOnce }, place));
  const seconds = (performance.now() - started) / 1000;
  await clock.settled();
  return count / seconds;
}

function shown({ options, calls, placedPerSecond }: BenchFigures): string {
  const ms = (value: number | null) => (value === null ? '-' : value.toFixed(1));
  const times = (value: number | null) => (value === null ? '-' : `×${value.toFixed(1)}`);
  const rows = calls.map((one) => [
    one.call,
    ...[ms(one.coldMs), ms(one.p50Ms), ms(one.p99Ms), ms(one.bareP50Ms), ms(one.bareP99Ms), times(one.ratio)],
  ]);
  const { cloud, bare: direct, ratio } = placedPerSecond;
  const bold = (text: string) => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
  const head = ['wall ms', 'cold', 'p50', 'p99', 'bare p50', 'bare p99', 'ratio'];
  const [headLine, ...lines] = aligned(rightAligned([head, ...rows]))
    .trimEnd()
    .split('\n');
  return [
    bold(headLine!),
    ...lines,
    '',
    `Orders placed in a second, ${placesAtOnce} at once: ${cloud.toFixed(1)}; bare ${direct.toFixed(1)} (${times(ratio)}).`,
    `Warm figures of ${options.orders} orders each, cold medians of ${options.cold}; ratio is p50 to bare p50.`,
    '',
  ].join('\n');
}

/** Figures stand right in their columns, the first column left. */
function rightAligned(rows: string[][]): string[][] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((text, column) => (column === 0 ? text : text.padStart(widths[column]!))));
}

function countOf(name: string, given: string, least: number): number {
  const count = Number(given);
  if (Number.isSafeInteger(count) && count >= least) return count;
  throw new Error(`--${name} ${given} is no count: give a whole number of at least ${least}.`);
}
