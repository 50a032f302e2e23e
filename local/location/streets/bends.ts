import type { Road, Streets } from './street-file.ts';

/** A place where one road goes on as it was is no junction but a bend: with fewer of them there is less to search. */
export function withoutBends(streets: Streets): Streets {
  const meeting: Road[][] = streets.places.map(() => []);
  const gone = new Set<Road>();
  const roads = streets.roads.map((road) => ({ ...road }));
  for (const road of roads) {
    meeting[road.from]!.push(road);
    meeting[road.to]!.push(road);
  }
  for (const [place, [one, other, ...more]] of meeting.entries()) {
    if (!one || !other || more.length > 0 || !goesOn(one, other)) continue;
    // `one` first, then `other`, both in the direction of the whole.
    if (one.to !== place) {
      if (one.isOneWay) continue;
      reverse(one);
    }
    if (other.from !== place) {
      if (other.isOneWay) continue;
      reverse(other);
    }
    one.line = [...one.line, ...other.line.slice(1)];
    one.to = other.to;
    gone.add(other);
    meeting[other.to] = meeting[other.to]!.map((road) => (road === other ? one : road));
  }
  return { ...streets, roads: roads.filter((road) => !gone.has(road)) };
}

function goesOn(one: Road, other: Road): boolean {
  return (
    one !== other &&
    one.name === other.name &&
    one.class === other.class &&
    one.metresPerSecond === other.metresPerSecond &&
    one.isOneWay === other.isOneWay
  );
}

function reverse(road: Road): void {
  [road.from, road.to] = [road.to, road.from];
  road.line = road.line.toReversed();
}
