import { Input, invalid } from './input.ts';
import { isNoWay, type LonLat, type NoWay, type Travel, type TravelMode, type TravelModel } from './travel.ts';

const modes = ['Car', 'Truck', 'Pedestrian'] as const;
const waypointLimit = 23;
const matrixSideLimit = 350;

/** RouteMatrixErrorCode of the matrix. */
const noWay: Record<NoWay['noWay'], string> = {
  route: 'NoRoute',
  departure: 'NoMatchOrigin',
  destination: 'NoMatchDestination',
};

/** CalculateRoutes of the Routes API V2: metres and whole seconds, a leg between stops. */
export function calculateRoutes(input: Input, travel: TravelModel): object {
  const stops = [
    input.position('Origin'),
    ...input.list('Waypoints', 0, waypointLimit).map((value, index) => positionOf(value, `Waypoints[${index}].`)),
    input.position('Destination'),
  ];
  const mode = input.oneOf('TravelMode', modes, 'Car');
  const format = input.oneOf('LegGeometryFormat', ['Simple', 'FlexiblePolyline'], 'FlexiblePolyline');
  const details = input.list('LegAdditionalFeatures', 0, 9);
  if (details.some((feature) => feature !== 'Summary'))
    throw invalid('LegAdditionalFeatures: only Summary is emulated.');
  acceptIneffective(input);
  input.refuseOthers();
  if (format === 'FlexiblePolyline') throw invalid('LegGeometryFormat: only Simple is emulated.');
  const ways = stops.slice(1).map((to, index) => ({ from: stops[index]!, to, found: travel(stops[index]!, to, mode) }));
  if (ways.some(({ found }) => isNoWay(found))) {
    return { LegGeometryFormat: format, Notices: [{ Code: 'Other', Impact: 'High' }], Routes: [] };
  }
  const legs = ways.map(({ from, to, found }) => leg(from, to, mode, found as Travel));
  return {
    LegGeometryFormat: format,
    Notices: [],
    Routes: [
      {
        Legs: legs.map(({ body }) => body),
        MajorRoadLabels: [],
        Summary: {
          Distance: legs.reduce((sum, { distance }) => sum + distance, 0),
          Duration: legs.reduce((sum, { duration }) => sum + duration, 0),
        },
      },
    ],
  };
}

/** CalculateRouteMatrix of the Routes API V2; `cells` is what is billed. */
export function calculateRouteMatrixV2(input: Input, travel: TravelModel): { body: object; cells: number } {
  const origins = input
    .list('Origins', 1, matrixSideLimit)
    .map((value, index) => positionOf(value, `Origins[${index}].`));
  const destinations = input
    .list('Destinations', 1, matrixSideLimit)
    .map((value, index) => positionOf(value, `Destinations[${index}].`));
  const mode = input.oneOf('TravelMode', modes, 'Car');
  const boundary = input.optional('RoutingBoundary');
  if (boundary === undefined) throw invalid('RoutingBoundary is required, for example {"Unbounded": true}.');
  acceptIneffective(input);
  input.refuseOthers();
  let errors = 0;
  const RouteMatrix = origins.map((from) =>
    destinations.map((to) => {
      const found = travel(from, to, mode);
      if (!isNoWay(found)) {
        return { Distance: Math.round(found.distanceMetres), Duration: Math.round(found.durationSeconds) };
      }
      errors += 1;
      return { Distance: 0, Duration: 0, Error: noWay[found.noWay] };
    }),
  );
  return {
    body: { ErrorCount: errors, RouteMatrix, RoutingBoundary: boundary },
    cells: origins.length * destinations.length,
  };
}

function leg(from: LonLat, to: LonLat, mode: TravelMode, { distanceMetres, durationSeconds, stretches }: Travel) {
  const [distance, duration] = [Math.round(distanceMetres), Math.round(durationSeconds)];
  const line = stretches?.().flatMap((stretch, index) => stretch.line.slice(index === 0 ? 0 : 1)) ?? [from, to];
  const place = (position: LonLat, original: LonLat) => ({ Place: { Position: position, OriginalPosition: original } });
  const details = {
    Arrival: place(line.at(-1)!, to),
    Departure: place(line[0]!, from),
    Notices: [],
    PassThroughWaypoints: [],
    Spans: [],
    TravelSteps: [],
    Summary: { Overview: { Distance: distance, Duration: duration }, TravelOnly: { Duration: duration } },
  };
  const vehicle = { ...details, Incidents: [], TollSystems: [], Tolls: [], TruckRoadTypes: [], Zones: [] };
  const body = {
    Geometry: { LineString: line },
    TravelMode: mode,
    ...(mode === 'Pedestrian'
      ? { Type: 'Pedestrian', PedestrianLegDetails: details }
      : { Type: 'Vehicle', VehicleLegDetails: vehicle }),
  };
  return { body, distance, duration };
}

function positionOf(value: unknown, path: string): LonLat {
  const input = new Input(value, path);
  const position = input.position('Position');
  input.accept('Options');
  input.refuseOthers();
  return position;
}

/** The model knows no traffic, so when one leaves and how traffic is used changes nothing. */
function acceptIneffective(input: Input): void {
  input.accept('DepartureTime', 'DepartNow', 'Traffic', 'OptimizeRoutingFor', 'InstructionsMeasurementSystem');
}
