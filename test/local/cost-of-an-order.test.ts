import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usualGbSeconds } from '../../local/meter/billed-durations.ts';
import { prices } from '../../local/meter/prices.ts';
import { costOf } from '../../local/meter/usage-meter.ts';
import { Stage } from '../../local/scenario/stage.ts';
import { sharedAssembly } from '../assembly.ts';
import { figure, sumBelow, tableBelow } from './cost/cost-document.ts';
import { type MeasuredOrder, measureOrder } from './cost/measured-order.ts';
import { hasEngine } from './with-engine.ts';

const limits = { withoutRoute: 0.0007, withOneRoute: 0.0012 };
/** How much the batches in which streams are read may shift from run to run. */
const slack = 0.03;
const byBatches = ['dynamodb.readUnit', 'lambda.request', 'lambda.gbSecond', 'logs.gb', 'transfer.gb'];
/** Asked for where the channel knows no position; the document has it apart. */
const addressSearch = 'geo.storedGeocode';
/** Not billed by themselves, or replaced. */
const unbilled = ['lambda.init', addressSearch];

const folder = mkdtempSync(join(tmpdir(), 'mallway-cost-'));
let measured: MeasuredOrder;
let units: Record<string, number>;

describe.skipIf(!hasEngine)('the cost of an order', () => {
  beforeAll(async () => {
    const assemblyDirectory = await sharedAssembly();
    const stage = await Stage.open({
      assemblyDirectory,
      dataDirectory: join(folder, 'data'),
      at: '11:00',
      onExchange: () => {},
    });
    try {
      measured = await measureOrder(stage);
      units = Object.fromEntries(Object.entries(measured.units).filter(([unit]) => !unbilled.includes(unit)));
      units['lambda.gbSecond'] = usualGbSeconds(stage.cloud.deployment, measured.byResource);
    } finally {
      await stage.close();
    }
  }, 240_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  test('is measured on one that was delivered, with one address search and no route', () => {
    expect(measured.status).toBe('delivered');
    expect(measured.units[addressSearch]).toBe(1);
    expect(measured.units['geo.route'] ?? 0).toBe(0);
    expect(measured.units['geo.matrixCell'] ?? 0).toBe(0);
  });

  test('is within its limits, with one paid route calculation and without', () => {
    const usd = costOf(units).total;
    expect(usd).toBeLessThanOrEqual(limits.withoutRoute);
    expect(usd + prices['geo.route']!.usd).toBeLessThanOrEqual(limits.withOneRoute);
  });

  test.each([
    ['states.transition', 14],
    ['dynamodb.writeUnit', 360],
    ['dynamodb.readUnit', 340],
    ['apigateway.request', 18],
    ['lambda.request', 120],
    ['sqs.fifoRequest', 60],
    ['sqs.request', 3],
    ['s3.put', 4],
  ])('takes no more %s than %i', (unit, budget) => {
    expect(units[unit]).toBeGreaterThan(0);
    expect(units[unit]).toBeLessThanOrEqual(budget);
  });

  test('is made of the write units that the document counts line by line', () => {
    const heading = '## Write units, line by line';
    const rows = tableBelow(heading);
    for (const table of ['orders', 'fleet', 'personal', 'requests']) {
      const byHand = rows.reduce((sum, row) => sum + figure(row[table]), 0);
      expect([table, byHand]).toEqual([table, figure(sumBelow(heading)[table])]);
      expect([table, byHand]).toEqual([table, writeUnitsOf(table)]);
    }
  });

  test('is made of the units that the document lists, each at its price', () => {
    const rows = tableBelow('## All units');
    expect(rows.map(({ unit }) => unit).sort()).toEqual(Object.keys(units).sort());
    for (const { unit = '', quantity, USD, ...row } of rows) {
      const byHand = figure(quantity);
      if (byBatches.includes(unit)) expect(Math.abs(byHand / units[unit]! - 1), unit).toBeLessThan(slack);
      else expect([unit, byHand]).toEqual([unit, precisely(units[unit]!)]);
      expect([unit, figure(row['USD per million'])]).toEqual([unit, precisely(prices[unit]!.usd * 1e6)]);
      expect(figure(USD), unit).toBeCloseTo(byHand * prices[unit]!.usd, 6);
    }
  });

  test('comes to the sum of the document', () => {
    const byHand = tableBelow('## All units').reduce((sum, { USD }) => sum + figure(USD), 0);
    const said = figure(sumBelow('## All units').USD);
    expect(said).toBeCloseTo(byHand, 6);
    expect(Math.abs(said / costOf(units).total - 1)).toBeLessThan(0.01);
    const [withoutRoute, withOneRoute, withAddress] = tableBelow('# What an order costs').map(({ USD }) => figure(USD));
    expect(withoutRoute).toBeCloseTo(said, 5);
    expect(withOneRoute).toBeCloseTo(said + prices['geo.route']!.usd, 5);
    expect(withAddress).toBeCloseTo(said + prices[addressSearch]!.usd, 5);
  });

  test('stands beside what half an hour costs in which nothing happens', () => {
    for (const { unit = '', 'half an hour': quantity, 'a month': month } of tableBelow(
      '## What it costs when nothing happens',
    )) {
      expect(Math.abs(figure(quantity) / measured.idle[unit]! - 1), unit).toBeLessThan(slack);
      expect(figure(month) / (figure(quantity) * 1_460), unit).toBeCloseTo(1, 2);
    }
  });
});

function writeUnitsOf(table: string): number {
  return Object.entries(measured.byResource)
    .filter(([name]) => name.startsWith(`mallway-dev-data-${table}`))
    .reduce((sum, [, its]) => sum + (its['dynamodb.writeUnit'] ?? 0), 0);
}

/** Without what floating point adds. */
function precisely(value: number): number {
  return Number(value.toPrecision(6));
}
