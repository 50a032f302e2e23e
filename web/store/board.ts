import type { Pickup } from '../shared/contract/store.ts';
import { shortCode } from '../shared/format.ts';

export type Column = 'new' | 'preparing' | 'ready' | 'handed_over';

export const columns: readonly { key: Column; title: string; empty: string }[] = [
  { key: 'new', title: 'New', empty: 'No new orders.' },
  { key: 'preparing', title: 'Preparing', empty: 'Nothing to prepare.' },
  { key: 'ready', title: 'Ready', empty: 'Nothing waits for a driver.' },
  { key: 'handed_over', title: 'Handed over', empty: 'Nothing in the last two hours.' },
];

/** How long a card stays after its hand-over. */
const keptMs = 2 * 3600 * 1000;

const columnOfStatus: Record<string, Column> = {
  pending: 'new',
  accepted: 'preparing',
  delayed: 'preparing',
  ready: 'ready',
  handed_over: 'handed_over',
  short: 'handed_over',
};

/** The card's column, or null for a pickup that the board no longer shows. */
export function columnOf(pickup: Pickup, nowMs: number): Column | null {
  const column = columnOfStatus[pickup.status] ?? null;
  if (column !== 'handed_over') return column;
  return pickup.handedOverAt && nowMs - Date.parse(pickup.handedOverAt) > keptMs ? null : column;
}

/** The most urgent first; what has been handed over, the latest first. */
export function cardsOf(column: Column, pickups: readonly Pickup[], nowMs: number): Pickup[] {
  const cards = pickups.filter((pickup) => columnOf(pickup, nowMs) === column);
  if (column === 'handed_over') return cards.sort((a, b) => (a.handedOverAt! < b.handedOverAt! ? 1 : -1));
  const due = (pickup: Pickup) => (column === 'new' ? pickup.confirmBy : pickup.readyAt);
  return cards.sort((a, b) => (due(a) < due(b) ? -1 : 1));
}

/** Cards that call for a hand whatever column they were in: goods to shelve, or parcels that come back. */
export function stoppedOf(pickups: readonly Pickup[]): Pickup[] {
  return pickups.filter(({ stopped }) => stopped);
}

export function returningOf(pickups: readonly Pickup[]): Pickup[] {
  return pickups.filter(({ returning }) => returning);
}

/** What the announcer says about the step from one board to the next. */
export function newsBetween(before: readonly Pickup[], after: readonly Pickup[]): string {
  const statusBefore = new Map(before.map(({ orderId, status }) => [orderId, status]));
  return after
    .flatMap(({ orderId, status, stopped }) => {
      if (statusBefore.get(orderId) === status) return [];
      if (status === 'pending') return [`New order ${shortCode(orderId)}.`];
      return stopped ? [`Stop: order ${shortCode(orderId)} is off.`] : [];
    })
    .join(' ');
}

export interface Packing {
  /** One label per parcel. */
  labels: string[];
  /** For each line: the parcel it is in (an index into `labels`), or null when it is missing. */
  parcelOfLine: Record<string, number | null>;
}

export type ReadyBody = { parcels: { label: string; lineIds?: string[] }[]; missingLineIds: string[] };

/** The body for "ready", or what to mend first, in words. */
export function readyBody(lineIds: readonly string[], packing: Packing): ReadyBody | { mend: string } {
  const missingLineIds = lineIds.filter((id) => packing.parcelOfLine[id] === null);
  if (missingLineIds.length === lineIds.length) return { parcels: [], missingLineIds };
  const labels = packing.labels.map((label) => label.trim());
  const bad = labels.find((label) => !/^[A-Za-z0-9-]{1,40}$/.test(label));
  if (bad !== undefined) return { mend: `The label “${bad}” must be 1 to 40 letters, digits or dashes.` };
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) return { mend: `Two parcels have the label ${twice}: give each its own.` };
  if (labels.length === 1) return { parcels: [{ label: labels[0]! }], missingLineIds };
  const parcels = labels.map((label, index) => ({
    label,
    lineIds: lineIds.filter((id) => packing.parcelOfLine[id] === index),
  }));
  const empty = parcels.findIndex((parcel) => parcel.lineIds.length === 0);
  if (empty >= 0) return { mend: `Parcel ${empty + 1} is empty: say what is in it, or take it away.` };
  return { parcels, missingLineIds };
}
