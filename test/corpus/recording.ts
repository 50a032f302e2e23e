import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { OrderEvent } from '../../lambdas/domain/events.ts';

/** Of each type, one event per set of members that its data may have. */
export function shapeOf({ type, version, data }: OrderEvent): string {
  return `${type} ${version} ${Object.keys(data).sort().join()}`;
}

/** Events as they were stored, one a line. Lines are only ever added: stored events are not rewritten either. */
export function readEvents(file: string): OrderEvent[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Adds an event of a shape that the file lacks. For one process at a time. */
export function recordEvent(file: string, event: OrderEvent): void {
  if (readEvents(file).some((known) => shapeOf(known) === shapeOf(event))) return;
  appendFileSync(file, `${JSON.stringify(event)}\n`);
}
