import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { LonLat } from '../../local/location/travel.ts';
import { sharedFolder } from './chandler.ts';
import { Message, signed } from './protobuf.ts';

const extract = join(sharedFolder, 'geo', 'chandler-tempe.osm.pbf');

export const hasAddresses = existsSync(extract);

/**
 * Where the houses with a number stand, in the sequence of the file: nodes, and the first corner of buildings.
 *
 * Source: "PBF Format" of the OpenStreetMap wiki.
 */
export function houseAddresses(): LonLat[] {
  const corners = new Map<number, LonLat>();
  const houses: LonLat[] = [];
  for (const block of blocksOf(readFileSync(extract))) {
    const strings: string[] = [];
    const groups: Uint8Array[] = [];
    for (const { field, bytes } of new Message(block).fields()) {
      if (field === 1) for (const { bytes: text } of new Message(bytes).fields()) strings.push(utf8.decode(text));
      if (field === 2) groups.push(bytes);
    }
    const houseNumber = strings.indexOf('addr:housenumber');
    for (const group of groups) {
      for (const { field, bytes } of new Message(group).fields()) {
        if (field === 2) readNodes(bytes, houseNumber, corners, houses);
        if (field === 3) readWay(bytes, houseNumber, corners, houses);
      }
    }
  }
  return houses;
}

const utf8 = new TextDecoder();

function* blocksOf(file: Buffer): Generator<Uint8Array> {
  for (let at = 0; at < file.length; ) {
    const headerLength = file.readUInt32BE(at);
    let [type, length] = ['', 0];
    for (const { field, bytes, value } of new Message(file.subarray(at + 4, at + 4 + headerLength)).fields()) {
      if (field === 1) type = utf8.decode(bytes);
      if (field === 3) length = value;
    }
    const start = at + 4 + headerLength;
    at = start + length;
    if (type !== 'OSMData') continue;
    for (const { field, bytes } of new Message(file.subarray(start, at)).fields()) {
      if (field === 1) yield bytes;
      if (field === 3) yield inflateSync(bytes);
    }
  }
}

/** Dense nodes: ids, latitudes and longitudes as differences; keys and values of each node, ended by 0. */
function readNodes(bytes: Uint8Array, houseNumber: number, corners: Map<number, LonLat>, houses: LonLat[]): void {
  const columns = new Map([...new Message(bytes).fields()].map(({ field, bytes: column }) => [field, column]));
  const column = (field: number) => new Message(columns.get(field) ?? new Uint8Array()).varints();
  const [latitudes, longitudes, tags] = [[...signed(column(8))], [...signed(column(9))], [...column(10)]];
  let [id, latitude, longitude, tag] = [0, 0, 0, 0];
  for (const [index, more] of [...signed(column(1))].entries()) {
    id += more;
    latitude += latitudes[index]!;
    longitude += longitudes[index]!;
    const position: LonLat = [longitude / 1e7, latitude / 1e7];
    corners.set(id, position);
    for (; tags[tag]; tag += 2) if (tags[tag] === houseNumber) houses.push(position);
    tag += 1;
  }
}

function readWay(bytes: Uint8Array, houseNumber: number, corners: Map<number, LonLat>, houses: LonLat[]): void {
  let isHouse = false;
  for (const { field, bytes: column } of new Message(bytes).fields()) {
    if (field === 2) isHouse = houseNumber >= 0 && [...new Message(column).varints()].includes(houseNumber);
    if (field !== 8 || !isHouse) continue;
    const [first = 0] = signed(new Message(column).varints());
    const corner = corners.get(first);
    if (corner) houses.push(corner);
  }
}
