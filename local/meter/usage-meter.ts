import type { DatabaseSync } from 'node:sqlite';
import type { Meter } from '../services.ts';
import { prices, pricesAsOf, unpriced } from './prices.ts';

export interface Usage {
  pricesAsOf: string;
  /** Billable units since the data folder began. */
  units: Record<string, number>;
  /** Units by whose they were: a function, a table, a queue. */
  byResource: Record<string, Record<string, number>>;
  /** USD. */
  cost: { total: number; byComponent: Record<string, number> };
}

/** Counts billable units for as long as the data folder lives; `save` writes what is new to table `meter_units`. */
export class UsageMeter implements Meter {
  readonly #database: DatabaseSync;
  readonly #units = new Map<string, number>();
  readonly #unsaved = new Set<string>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(
      `CREATE TABLE IF NOT EXISTS meter_units (
         unit TEXT NOT NULL, resource TEXT NOT NULL, quantity REAL NOT NULL, PRIMARY KEY (unit, resource)) STRICT`,
    );
    for (const { unit, resource, quantity } of database.prepare('SELECT * FROM meter_units').all()) {
      this.#units.set(keyOf(unit as string, resource as string), quantity as number);
    }
  }

  count(unit: string, quantity: number, { resource = '' }: { resource?: string } = {}): void {
    if (!Object.hasOwn(prices, unit) && !Object.hasOwn(unpriced, unit)) {
      throw new Error(`The unit ${unit} has no price; add it to local/meter/prices.ts.`);
    }
    const key = keyOf(unit, resource);
    this.#units.set(key, (this.#units.get(key) ?? 0) + quantity);
    this.#unsaved.add(key);
  }

  usage(): Usage {
    const units: Record<string, number> = {};
    const byResource: Usage['byResource'] = {};
    for (const [key, quantity] of this.#units) {
      const [unit = '', resource = ''] = key.split('\n');
      units[unit] = (units[unit] ?? 0) + quantity;
      if (resource) byResource[resource] = { ...byResource[resource], [unit]: quantity };
    }
    return { pricesAsOf, units, byResource, cost: costOf(units) };
  }

  save(): void {
    if (this.#unsaved.size === 0) return;
    const write = this.#database.prepare(
      'INSERT INTO meter_units VALUES (?, ?, ?) ON CONFLICT (unit, resource) DO UPDATE SET quantity = excluded.quantity',
    );
    for (const key of this.#unsaved) {
      const [unit = '', resource = ''] = key.split('\n');
      write.run(unit, resource, this.#units.get(key) ?? 0);
    }
    this.#unsaved.clear();
  }
}

/** USD, by list prices; units without a price of their own cost nothing. */
export function costOf(units: Record<string, number>): Usage['cost'] {
  const byComponent: Record<string, number> = {};
  let total = 0;
  for (const [unit, quantity] of Object.entries(units)) {
    const price = prices[unit];
    if (!price) continue;
    byComponent[price.component] = (byComponent[price.component] ?? 0) + quantity * price.usd;
    total += quantity * price.usd;
  }
  return { total, byComponent };
}

function keyOf(unit: string, owner: string): string {
  return `${unit}\n${owner}`;
}
