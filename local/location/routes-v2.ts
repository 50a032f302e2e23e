import { Input, invalid } from './input.ts';
import type { LonLat, TravelMode, TravelModel } from './travel.ts';

const modes = ['Car', 'Truck', 'Pedestrian'] as const;
const waypointLimit = 23;
const matrixSideLimit = 350;

/** CalculateRoutes of the Routes API V2: metres and whole seconds, one straight leg between stops. */
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
  const legs = stops.slice(1).map((to, index) => leg(stops[index]!, to, mode, travel));
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
  const RouteMatrix = origins.map((from) =>
    destinations.map((to) => {
      const { distance, duration } = measure(from, to, mode, travel);
      return { Distance: distance, Duration: duration };
    }),
  );
  return {
    body: { ErrorCount: 0, RouteMatrix, RoutingBoundary: boundary },
    cells: origins.length * destinations.length,
  };
}

function leg(from: LonLat, to: LonLat, mode: TravelMode, travel: TravelModel) {
  const { distance, duration } = measure(from, to, mode, travel);
  const details = {
    Arrival: { Place: { Position: to } },
    Departure: { Place: { Position: from } },
    Notices: [],
    PassThroughWaypoints: [],
    Spans: [],
    TravelSteps: [],
    Summary: { Overview: { Distance: distance, Duration: duration }, TravelOnly: { Duration: duration } },
  };
  const vehicle = { ...details, Incidents: [], TollSystems: [], Tolls: [], TruckRoadTypes: [], Zones: [] };
  const body = {
    Geometry: { LineString: [from, to] },
    TravelMode: mode,
    ...(mode === 'Pedestrian'
      ? { Type: 'Pedestrian', PedestrianLegDetails: details }
      : { Type: 'Vehicle', VehicleLegDetails: vehicle }),
  };
  return { body, distance, duration };
}

function measure(from: LonLat, to: LonLat, mode: TravelMode, travel: TravelModel) {
  const { distanceMetres, durationSeconds } = travel(from, to, mode);
  return { distance: Math.round(distanceMetres), duration: Math.round(durationSeconds) };
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
