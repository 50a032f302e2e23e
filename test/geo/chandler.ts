import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RoadClass, Streets } from '../../local/location/streets/street-file.ts';
import type { LonLat } from '../../local/location/travel.ts';

/** Where public data for tests lies, if it is there: `MALLWAY_SHARED`, or `shared` beside this folder. */
export const sharedFolder = process.env.MALLWAY_SHARED ?? join(import.meta.dirname, '..', '..', '..', 'shared');
const streetsFile = join(sharedFolder, 'geo', 'chandler-tempe-drive.json');

/** Data of OpenStreetMap contributors (ODbL), which is no part of the product. */
export const hasChandler = existsSync(streetsFile);
export const whyNoChandler = `There is no ${streetsFile}: set MALLWAY_SHARED to the folder that holds geo/.`;

interface DriveGraph {
  names: string[];
  classes: string[];
  nodes: number[];
  edges: number[][];
}

const classOf: Record<string, RoadClass> = {
  motorway: 'freeway',
  motorway_link: 'ramp',
  trunk: 'arterial',
  trunk_link: 'ramp',
  primary: 'arterial',
  primary_link: 'arterial',
  secondary: 'arterial',
  secondary_link: 'arterial',
  tertiary: 'collector',
  tertiary_link: 'collector',
};

/** The file has limits; on average one drives somewhat slower. OSRM's profile for cars takes 0.8 of them. */
const shareOfLimit = 0.85;

/** The streets of Tempe and north Chandler, as the README beside the file describes them. */
export function chandlerStreets(): Streets {
  const { names, classes, nodes, edges } = JSON.parse(readFileSync(streetsFile, 'utf8')) as DriveGraph;
  const places = Array.from(
    { length: nodes.length / 2 },
    (_, node): LonLat => [nodes[2 * node]! / 1e6, nodes[2 * node + 1]! / 1e6],
  );
  const roads = edges.map(([a = 0, b = 0, oneway, mph = 25, name = -1, roadClass = 0, , ...inner]) => {
    let [lon, lat] = [nodes[2 * a]!, nodes[2 * a + 1]!];
    const line: LonLat[] = [places[a]!];
    for (let at = 0; at < inner.length; at += 2) {
      lon += inner[at]!;
      lat += inner[at + 1]!;
      line.push([lon / 1e6, lat / 1e6]);
    }
    line.push(places[b]!);
    const isBackward = oneway === -1;
    return {
      name: names[name] ?? '',
      class: classOf[classes[roadClass]!] ?? 'local',
      metresPerSecond: mph * shareOfLimit * 0.44704,
      isOneWay: oneway !== 0,
      from: isBackward ? b : a,
      to: isBackward ? a : b,
      line: isBackward ? line.toReversed() : line,
    };
  });
  return { places, roads, reachMetres: 1_000 };
}
