import {
  greatCircleMetres,
  greatCircleTravel,
  type LonLat,
  type NoWay,
  type Travel,
  type TravelModel,
} from '../travel.ts';
import { withoutBends } from './bends.ts';
import { Router } from './router.ts';
import type { Snap } from './snapping.ts';
import type { Streets } from './street-file.ts';

/** A place is in the reach of a network when it is no further than this outside of the box around its streets. */
const marginDegrees = 0.02;
const truckFactor = 1.15;

/**
 * Travel on streets, where both places lie within the same network; elsewhere, and on foot, by the straight line. A
 * network is made ready when it is first asked.
 */
export function streetTravel(networks: readonly Streets[]): TravelModel {
  const regions = networks.map((streets) => {
    let router: Router | undefined;
    return {
      holds: within(streets.places),
      streets,
      router: () => {
        router ??= new Router(withoutBends(streets));
        return router;
      },
    };
  });
  return (from, to, mode) => {
    const region = mode === 'Pedestrian' ? undefined : regions.find(({ holds }) => holds(from) && holds(to));
    if (!region) return greatCircleTravel(from, to, mode);
    const found = drive(region.router(), region.streets, from, to);
    if ('noWay' in found || mode === 'Car') return found;
    return { ...found, durationSeconds: found.durationSeconds * truckFactor };
  };
}

function drive(router: Router, { access }: Streets, from: LonLat, to: LonLat): Travel | NoWay {
  const [start, end] = [router.snap(from), router.snap(to)];
  if (!start) return { noWay: 'departure' };
  if (!end) return { noWay: 'destination' };
  const way = router.way(start, end);
  if (!way) return { noWay: 'route' };
  const toRoad = accessOf(access, start, end, greatCircleMetres(from, to));
  return {
    distanceMetres: way.metres + toRoad.metres,
    durationSeconds: way.seconds + toRoad.seconds,
    stretches: way.stretches,
  };
}

/** Over the streets that a network leaves out, from one place to the road and from the road to the other. */
function accessOf(
  access: Streets['access'],
  start: Snap,
  end: Snap,
  straightMetres: number,
): { metres: number; seconds: number } {
  if (!access) return { metres: 0, seconds: 0 };
  // Neighbours need not go out to the road and back.
  const metres = Math.min(start.awayMetres + end.awayMetres, straightMetres) * access.circuity;
  return { metres, seconds: metres / access.metresPerSecond };
}

function within(places: readonly LonLat[]): (place: LonLat) => boolean {
  const edge = (pick: 0 | 1, better: (a: number, b: number) => number) =>
    places.map((place) => place[pick]).reduce((a, b) => better(a, b));
  const [west, east] = [edge(0, Math.min) - marginDegrees, edge(0, Math.max) + marginDegrees];
  const [south, north] = [edge(1, Math.min) - marginDegrees, edge(1, Math.max) + marginDegrees];
  return ([lon, lat]) => lon >= west && lon <= east && lat >= south && lat <= north;
}
