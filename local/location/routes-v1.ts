import { type Input, invalid } from './input.ts';
import { isNoWay, type LonLat, type NoWay, type TravelMode, type TravelModel } from './travel.ts';

const metresPerUnit = { Kilometers: 1000, Miles: 1609.344 };
const modes: Record<string, TravelMode> = { Car: 'Car', Truck: 'Truck', Walking: 'Pedestrian' };
const waypointLimit = 23;
/** Of a route calculator with HERE data. */
const matrixSideLimit = 350;

/** As RouteMatrixEntryError has them; a single route is refused with the same words. */
const noWay: Record<NoWay['noWay'], { Code: string; Message: string }> = {
  route: { Code: 'RouteNotFound', Message: 'Unable to find a valid route with the given parameters.' },
  departure: {
    Code: 'DeparturePositionNotFound',
    Message: 'The departure position was not found on the route network.',
  },
  destination: {
    Code: 'DestinationPositionNotFound',
    Message: 'The destination position was not found on the route network.',
  },
};

/** CalculateRoute of a HERE route calculator: a step for each road, or one straight step where no street is known. */
export function calculateRoute(input: Input, travel: TravelModel): object {
  const stops = [
    input.position('DeparturePosition'),
    ...input.positions('WaypointPositions', 0, waypointLimit),
    input.position('DestinationPosition'),
  ];
  const { mode, unit } = common(input);
  const withGeometry = input.optional('IncludeLegGeometry') === true;
  input.oneOf('OptimizeFor', ['FastestRoute', 'ShortestRoute'], 'FastestRoute');
  input.accept('ArrivalTime');
  input.refuseOthers();
  const legs = stops.slice(1).map((end, index) => leg(stops[index]!, end));
  return {
    Legs: legs.map(({ body }) => body),
    Summary: {
      RouteBBox: boundingBox(legs.flatMap(({ line }) => line)),
      DataSource: 'Here',
      Distance: legs.reduce((sum, { body }) => sum + body.Distance, 0),
      DurationSeconds: legs.reduce((sum, { body }) => sum + body.DurationSeconds, 0),
      DistanceUnit: unit,
    },
  };

  function leg(start: LonLat, end: LonLat) {
    const found = travel(start, end, mode);
    if (isNoWay(found)) throw invalid(noWay[found.noWay].Message);
    const { distanceMetres, durationSeconds } = found;
    const whole = { metres: distanceMetres, seconds: durationSeconds, line: [start, end] };
    const stretches = found.stretches?.() ?? [whole];
    const line = stretches.flatMap((stretch, index) => stretch.line.slice(index === 0 ? 0 : 1));
    let offset = 0;
    const steps = stretches.map((stretch) => {
      const step = {
        StartPosition: stretch.line[0]!,
        EndPosition: stretch.line.at(-1)!,
        Distance: stretch.metres / metresPerUnit[unit],
        DurationSeconds: stretch.seconds,
        ...(withGeometry ? { GeometryOffset: offset } : {}),
      };
      offset += stretch.line.length - 1;
      return step;
    });
    const body = {
      StartPosition: line[0]!,
      EndPosition: line.at(-1)!,
      Distance: distanceMetres / metresPerUnit[unit],
      DurationSeconds: durationSeconds,
      ...(withGeometry ? { Geometry: { LineString: line } } : {}),
      Steps: steps,
    };
    return { body, line };
  }
}

/** CalculateRouteMatrix; `cells` is what is billed. */
export function calculateRouteMatrix(input: Input, travel: TravelModel): { body: object; cells: number } {
  const departures = input.positions('DeparturePositions', 1, matrixSideLimit);
  const destinations = input.positions('DestinationPositions', 1, matrixSideLimit);
  const { mode, unit } = common(input);
  input.refuseOthers();
  const cells = departures.length * destinations.length;
  let errors = 0;
  const RouteMatrix = departures.map((from) =>
    destinations.map((to) => {
      const found = travel(from, to, mode);
      if (!isNoWay(found)) {
        return { Distance: found.distanceMetres / metresPerUnit[unit], DurationSeconds: found.durationSeconds };
      }
      errors += 1;
      return { Error: noWay[found.noWay] };
    }),
  );
  return {
    body: { RouteMatrix, Summary: { DataSource: 'Here', RouteCount: cells, ErrorCount: errors, DistanceUnit: unit } },
    cells,
  };
}

function common(input: Input): { mode: TravelMode; unit: keyof typeof metresPerUnit } {
  const unit = input.oneOf('DistanceUnit', ['Kilometers', 'Miles'], 'Kilometers');
  const mode = modes[input.oneOf('TravelMode', ['Car', 'Truck', 'Walking'], 'Car')]!;
  if (input.optional('CarModeOptions') !== undefined && mode !== 'Car')
    throw invalid('CarModeOptions need TravelMode Car.');
  if (input.optional('TruckModeOptions') !== undefined && mode !== 'Truck')
    throw invalid('TruckModeOptions need TravelMode Truck.');
  // The model knows neither traffic nor tolls nor ferries: when one leaves and what one avoids changes nothing.
  input.accept('DepartureTime', 'DepartNow', 'Key');
  return { mode, unit };
}

function boundingBox(positions: LonLat[]): number[] {
  const longitudes = positions.map(([longitude]) => longitude);
  const latitudes = positions.map(([, latitude]) => latitude);
  return [Math.min(...longitudes), Math.min(...latitudes), Math.max(...longitudes), Math.max(...latitudes)];
}
