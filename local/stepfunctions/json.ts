import { StateError } from './errors.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** The quota on one payload: state input or output, task arguments or result, one variable. Bytes of UTF-8. */
export const PAYLOAD_LIMIT_BYTES = 262_144;

/** `value` as JSON text; `what` names it in the `States.DataLimitExceeded` error when it is above the quota. */
export function payloadText(value: Json, what: string): string {
  const text = JSON.stringify(value);
  // A JavaScript character is at most 3 bytes of UTF-8, so short texts need no count.
  if (text.length * 3 > PAYLOAD_LIMIT_BYTES && Buffer.byteLength(text) > PAYLOAD_LIMIT_BYTES) {
    throw new StateError(
      'States.DataLimitExceeded',
      `The ${what} is ${Buffer.byteLength(text)} bytes; at most ${PAYLOAD_LIMIT_BYTES} are allowed.`,
    );
  }
  return text;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
