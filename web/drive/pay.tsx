import type { Offer } from '../shared/contract/driver.ts';
import { count, money } from '../shared/format.ts';

/** What one part of the pay is for, in a driver's words. */
const partNames: Record<string, (stops: number) => string> = {
  base: () => 'The run',
  stop: (stops) => count(stops, 'stop'),
  distance: () => 'The way',
  waiting: () => 'Waiting',
  surge: () => 'High demand',
  return: (stops) => count(stops, 'return'),
  guarantee: () => 'Up to the guaranteed minimum',
  tip: () => 'Tip, all of it yours',
};

type Part = Offer['pay'][number];

/** Each part of the pay with its amount; lines of one kind are one part. */
export function PayParts({ parts, currency }: { parts: readonly Part[]; currency: string }) {
  return (
    <dl class="pay-parts">
      {gathered(parts).map(({ kind, count: stops, amountCents }) => (
        <div key={kind}>
          <dt>{partNames[kind]?.(stops) ?? kind}</dt>
          <dd>{money(amountCents, currency)}</dd>
        </div>
      ))}
    </dl>
  );
}

export function gathered(parts: readonly Part[]): (Part & { count: number })[] {
  const byKind = new Map<string, Part & { count: number }>();
  for (const { kind, count: stops = 1, amountCents } of parts) {
    const so = byKind.get(kind) ?? { kind, count: 0, amountCents: 0 };
    byKind.set(kind, { kind, count: so.count + stops, amountCents: so.amountCents + amountCents });
  }
  return [...byKind.values()];
}
