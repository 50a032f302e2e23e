import { type Input, invalid } from './input.ts';
import type { LonLat, TravelMode, TravelModel } from './travel.ts';

const metresPerUnit = { Kilometers: 1000, Miles: 1609.344 };
const modes: Record<string, TravelMode> = { Car: 'Car', Truck: 'Truck', Walking: 'Pedestrian' };
const waypointLimit = 23;
/** Of a route calculator with HERE data. */
const matrixSideLimit = 350;

/** CalculateRoute of a HERE route calculator: straight legs, one step each. */
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
  const legs = stops.slice(1).map((end, index) => {
    const start = stops[index]!;
    const { distance, durationSeconds } = measure(travel, start, end, mode, unit);
    const part = { StartPosition: start, EndPosition: end, Distance: distance, DurationSeconds: durationSeconds };
    return {
      ...part,
      ...(withGeometry ? { Geometry: { LineString: [start, end] } } : {}),
      Steps: [{ ...part, ...(withGeometry ? { GeometryOffset: 0 } : {}) }],
    };
  });
  return {
    Legs: legs,
    Summary: {
      RouteBBox: boundingBox(stops),
      DataSource: 'Here',
      Distance: legs.reduce((sum, leg) => sum + leg.Distance, 0),
      DurationSeconds: legs.reduce((sum, leg) => sum + leg.DurationSeconds, 0),
      DistanceUnit: unit,
    },
  };
}

/** CalculateRouteMatrix; `cells` is what is billed. */
export function calculateRouteMatrix(input: Input, travel: TravelModel): { body: object; cells: number } {
  const departures = input.positions('DeparturePositions', 1, matrixSideLimit);
  const destinations = input.positions('DestinationPositions', 1, matrixSideLimit);
  const { mode, unit } = common(input);
  input.refuseOthers();
  const cells = departures.length * destinations.length;
  const RouteMatrix = departures.map((from) =>
    destinations.map((to) => {
      const { distance, durationSeconds } = measure(travel, from, to, mode, unit);
      return { Distance: distance, DurationSeconds: durationSeconds };
    }),
  );
  return {
    body: { RouteMatrix, Summary: { DataSource: 'Here', RouteCount: cells, ErrorCount: 0, DistanceUnit: unit } },
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

function measure(travel: TravelModel, from: LonLat, to: LonLat, mode: TravelMode, unit: keyof typeof metresPerUnit) {
  const { distanceMetres, durationSeconds } = travel(from, to, mode);
  return { distance: distanceMetres / metresPerUnit[unit], durationSeconds };
}

function boundingBox(positions: LonLat[]): number[] {
  const longitudes = positions.map(([longitude]) => longitude);
  const latitudes = positions.map(([, latitude]) => latitude);
  return [Math.min(...longitudes), Math.min(...latitudes), Math.max(...longitudes), Math.max(...latitudes)];
}
