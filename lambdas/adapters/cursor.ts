import { UnknownCursor } from '../application/database.ts';

/** Where a page of an index ended. The list itself is not in it: a cursor goes on in the list that is asked for. */
export type Place = readonly [indexSk: string, pk: string, sk: string];

export function cursorOf(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Cursors come back from callers, so anything may be in one. Throws `UnknownCursor` for what we did not make. */
export function placeOf(cursor: string): Place {
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new UnknownCursor();
  }
  // DynamoDB takes sort keys of 1 to 1024 bytes.
  const isKey = (part: unknown) => typeof part === 'string' && part !== '' && Buffer.byteLength(part) <= 1024;
  if (!Array.isArray(place) || place.length !== 3 || !place.every(isKey)) throw new UnknownCursor();
  return place as unknown as Place;
}
