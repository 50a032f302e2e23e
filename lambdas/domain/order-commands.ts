import type { Away } from './away.ts';
import type { DriverId, LineId, OfferId, ParcelId, ProviderId, RunId, StoreId } from './ids.ts';
import type { LateStoreChoice } from './late-store.ts';
import type { DoorProofRecord } from './order.ts';
import type { RejectReason } from './pickup.ts';
import type { Position } from './position.ts';
import type { Turn } from './provider-turn.ts';
import type { Instant } from './time.ts';
import type { Evidence, UndeliverableReason } from './undeliverable.ts';
import type { WaitKey } from './waits.ts';

/** What a store, or its retailer's system, says of its own pickup. */
export type StoreCommand =
  | { type: 'accept_pickup'; storeId: StoreId; readyAt?: Instant }
  | { type: 'reject_pickup'; storeId: StoreId; reason: RejectReason; note?: string }
  | { type: 'delay_pickup'; storeId: StoreId; readyAt: Instant }
  | {
      type: 'ready_pickup';
      storeId: StoreId;
      parcels: { id: ParcelId; label: string; lineIds?: LineId[] }[];
      missingLineIds: LineId[];
    }
  | { type: 'record_hand_over'; storeId: StoreId; driverId: DriverId | null; labels: string[] }
  | { type: 'acknowledge_stop'; storeId: StoreId };

/** What dispatch and a driver's acts on a run do to one of its orders. */
export type CarriageCommand =
  /** `passed`: who was before the provider in the order's choice, and why it is not their turn. */
  | { type: 'offer'; offerId: OfferId; providerId?: ProviderId; passed?: Turn['passed'] }
  | { type: 'withdraw_offer'; offerId: OfferId; reason: string }
  | { type: 'assign'; offerId: OfferId; runId: RunId; driverId: DriverId; providerId?: ProviderId }
  | { type: 'depart_for_pickup' }
  | { type: 'arrive_at_pickup'; storeId: StoreId }
  | { type: 'collect'; storeId: StoreId; labels: string[]; leaveMissing: boolean }
  | { type: 'leave_without'; storeId: StoreId; reason: string }
  | { type: 'depart_for_door' }
  | { type: 'arrive_at_door' }
  | {
      type: 'deliver';
      parcelIds: ParcelId[];
      refusedParcelIds: ParcelId[];
      proof: DoorProofRecord;
      /** The phone was elsewhere than at the door. */
      away?: Away;
      note?: string;
    }
  | { type: 'refuse_pin' }
  | { type: 'fail_at_door'; reason: UndeliverableReason; evidence: Evidence }
  | { type: 'depart_for_return' }
  | { type: 'arrive_at_return'; storeId: StoreId }
  | { type: 'return_parcels'; storeId: StoreId; labels: string[] }
  /** `reopensAt`: the store is closed by its hours, and opens again then. */
  | { type: 'fail_return'; storeId: StoreId; reason: string; reopensAt?: Instant }
  | { type: 'lose_driver'; reason: string }
  /** The driver says what they took over from another; `runId` and `driverId` are theirs. */
  | { type: 'take_over'; runId: RunId; driverId: DriverId; labels: string[]; leaveMissing: boolean }
  /** The other says what they gave, and to whom; null when nobody shows the code that was named. */
  | { type: 'record_given'; from: DriverId; to: DriverId | null; labels: string[] }
  | { type: 'fail_hand_over'; runId: RunId; reason: string }
  /** Who was to come for the parcels will not. */
  | { type: 'lose_receiver'; runId: RunId; reason: string };

/** What the channel, operations and the clock decide. */
export type OversightCommand =
  | { type: 'cancel'; by: 'channel' | 'operations' }
  | { type: 'resume' }
  | { type: 'declare_returned' }
  | { type: 'declare_lost' }
  | { type: 'send_back' }
  /** Another driver takes over what is held; the two meet `at`. */
  | { type: 'hand_over'; at: Position }
  | { type: 'reattempt' }
  | { type: 'deadline_passed'; wait: WaitKey }
  /** What becomes of a store that is late beyond the promise. */
  | { type: 'decide_late_store'; storeId: StoreId; choice: LateStoreChoice; by: 'channel' | 'operations' }
  /** The mall closes at another time than was known. */
  | { type: 'move_closing'; closesAt: Instant }
  /** Somebody has looked into records of a hand-over that contradict each other. */
  | { type: 'settle_hand_over' }
  /** The sweeper does it a few times by itself when executions fail; then operations are asked. */
  | { type: 'restart_workflow'; by?: 'operations' | 'sweeper' }
  | { type: 'settle' }
  /** What tells who the shopper is, is to go; custody and money stay. */
  | { type: 'erase'; by: 'channel' | 'operations' };

export type OrderCommand = (StoreCommand | CarriageCommand | OversightCommand) & {
  /** When it happened by the clock of the device, if that was earlier than now. */
  occurredAt?: Instant;
};
