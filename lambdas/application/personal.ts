import type { Position } from '../domain/position.ts';

/**
 * What is known of the recipient. Kept under a key of its own and read only where a door has to be found: it never
 * enters an event, a snapshot, an idempotency record, a log line or the workflow.
 */
export interface PersonalRecord {
  name: string;
  phone: string;
  address: string;
  position: Position;
  instructions?: string;
  /** Six digits that the recipient tells the driver, for orders that ask for them. */
  pin?: string;
  /** The capability in the tracking link; elsewhere only its hash is kept. */
  trackingToken: string;
}
