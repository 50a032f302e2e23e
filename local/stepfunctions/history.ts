import type { State } from './definition.ts';
import type { Json, JsonObject } from './json.ts';

/** The quota of history events of one execution; the last one says how it ended. */
export const HISTORY_LIMIT_EVENTS = 25_000;

export interface HistoryEvent {
  id: number;
  /** 0 for the first. */
  previousEventId: number;
  type: string;
  /** Business ms. */
  timestamp: number;
  /** Inputs and outputs are JSON text, as on the wire. */
  details?: JsonObject;
}

/** The member of the wire's HistoryEvent that holds the details of an event type. */
export function detailsMember(type: string): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

export function enteredEvent(state: State): string {
  return `${state.Type}StateEntered`;
}

export function exitedEvent(state: State): string {
  return `${state.Type}StateExited`;
}

/** The members that carry execution data, left out when the caller asks for none. */
const DATA_MEMBERS = ['input', 'output', 'parameters', 'assignedVariables'];

/** One event as GetExecutionHistory returns it; timestamps are epoch seconds. */
export function wireEvent(event: HistoryEvent, includeData: boolean): JsonObject {
  const wire: JsonObject = {
    id: event.id,
    previousEventId: event.previousEventId,
    type: event.type,
    timestamp: event.timestamp / 1000,
  };
  if (event.details)
    wire[detailsMember(event.type)] = includeData ? withTruncation(event.details) : bare(event.details);
  return wire;
}

function withTruncation(details: JsonObject): JsonObject {
  const shown: JsonObject = { ...details };
  for (const member of ['input', 'output', 'assignedVariables']) {
    if (member in details) shown[`${member}Details`] = { truncated: false };
  }
  return shown;
}

function bare(details: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(details).filter(([member]) => !DATA_MEMBERS.includes(member)));
}

/** Assigned variables as the wire shows them: each value as JSON text. */
export function assignedText(assign: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(assign).map(([name, value]: [string, Json]) => [name, JSON.stringify(value)]),
  );
}
