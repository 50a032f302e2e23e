import {
  CalculateRouteCommand,
  CalculateRouteMatrixCommand,
  LocationClient,
  SearchPlaceIndexForTextCommand,
} from '@aws-sdk/client-location';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LocationGeocoder } from '../../../lambdas/adapters/location-geocoder.ts';
import { matchAddress } from '../../../lambdas/domain/address.ts';
import { locationService } from '../../../local/location/location-service.ts';
import { greatCircleMetres, greatCircleTravel } from '../../../local/location/travel.ts';
import { prices } from '../../../local/meter/prices.ts';
import { clientSettings, countingMeter, type ServiceServer, serve } from '../service-server.ts';

const mall: [number, number] = [-115.1721, 36.1275];
const door: [number, number] = [-115.2451, 36.1601];
const meter = countingMeter();
let server: ServiceServer;
let client: LocationClient;

beforeAll(async () => {
  server = await serve(
    locationService({
      routeCalculators: ['calculator'],
      placeIndexes: [
        { name: 'addresses', dataSource: 'Here', keepsResults: false },
        { name: 'kept', dataSource: 'Here', keepsResults: true },
        { name: 'grab', dataSource: 'Grab', keepsResults: false },
      ],
      addresses: [
        {
          address: '410 Desert Willow Drive',
          position: door,
          municipality: 'Las Vegas',
          region: 'NV',
          postalCode: '89145',
        },
        {
          address: '12 Main Street',
          position: [-115.14, 36.17],
          municipality: 'Las Vegas',
          region: 'NV',
          postalCode: '89101',
        },
        { address: '12 Main Street, Dallas, TX 75201', position: [-96.8, 32.78] },
        { address: '14 Main Street, Dallas, TX 75201', position: [-96.81, 32.78] },
      ],
      meter,
    }),
  );
  client = new LocationClient({ ...clientSettings(server.port), disableHostPrefix: true });
});
afterAll(() => server.close());
beforeEach(() => {
  for (const unit of Object.keys(meter.counts)) delete meter.counts[unit];
});

describe('the travel model', () => {
  test('great circles: a degree of latitude is 111.2 km, across the antimeridian too', () => {
    expect(greatCircleMetres([0, 0], [0, 1])).toBeCloseTo(111_195, -1);
    expect(greatCircleMetres([179.5, 0], [-179.5, 0])).toBeCloseTo(111_195, -1);
  });

  test('slow near both ends, quicker in between, and quickest on the middle of a long drive', () => {
    const eastwards = (metres: number): [number, number] => [metres / 111_195.08, 0];
    const seconds = (metres: number, mode: 'Car' | 'Truck' | 'Pedestrian' = 'Car') =>
      greatCircleTravel([0, 0], eastwards(metres), mode).durationSeconds;
    expect([500, 2_000, 6_000, 10_000].map((metres) => Math.round(seconds(metres)))).toEqual([100, 310, 634, 852]);
    expect(seconds(10_000, 'Truck')).toBeCloseTo(852 * 1.15, 0);
    expect(seconds(4_800 / 1.3, 'Pedestrian')).toBeCloseTo(3600, 0);
  });

  test('farther never takes less time, and there is as far as back', () => {
    const near = fc.tuple(
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    );
    fc.assert(
      fc.property(near, near, (one, other) => {
        const there = greatCircleTravel([0, 0], one, 'Car');
        const back = greatCircleTravel(one, [0, 0], 'Car');
        const elsewhere = greatCircleTravel([0, 0], other, 'Car');
        expect(there.durationSeconds).toBeCloseTo(back.durationSeconds, 6);
        if (there.distanceMetres < elsewhere.distanceMetres) {
          expect(there.durationSeconds).toBeLessThanOrEqual(elsewhere.durationSeconds);
        }
      }),
    );
  });
});

describe('V1', () => {
  test('CalculateRoute sums its legs, in the unit asked for', async () => {
    const ask = (DistanceUnit: 'Kilometers' | 'Miles') =>
      client.send(
        new CalculateRouteCommand({
          CalculatorName: 'calculator',
          DeparturePosition: mall,
          WaypointPositions: [[-115.2, 36.14]],
          DestinationPosition: door,
          DistanceUnit,
          IncludeLegGeometry: true,
          DepartNow: true,
        }),
      );
    const { Legs = [], Summary } = await ask('Kilometers');
    expect(Legs).toHaveLength(2);
    expect(Legs[0]).toMatchObject({
      StartPosition: mall,
      EndPosition: [-115.2, 36.14],
      Geometry: { LineString: [mall, [-115.2, 36.14]] },
    });
    expect(Legs[1]?.Steps).toHaveLength(1);
    expect(Summary).toMatchObject({
      DataSource: 'Here',
      DistanceUnit: 'Kilometers',
      RouteBBox: [-115.2451, 36.1275, -115.1721, 36.1601],
    });
    expect(Summary?.Distance).toBeCloseTo(Legs.reduce((sum, leg) => sum + (leg.Distance ?? 0), 0));
    expect(Summary?.Distance).toBeGreaterThan((greatCircleMetres(mall, door) / 1000) * 1.3);
    const inMiles = await ask('Miles');
    expect(inMiles.Summary!.Distance! * 1.609344).toBeCloseTo(Summary!.Distance!);
    expect(meter.counts).toEqual({ 'geo.route': 2 });
  });

  test('CalculateRouteMatrix agrees with CalculateRoute, and is billed by the cell', async () => {
    const matrix = await client.send(
      new CalculateRouteMatrixCommand({
        CalculatorName: 'calculator',
        DeparturePositions: [mall, door],
        DestinationPositions: [door, mall, mall],
      }),
    );
    const route = await client.send(
      new CalculateRouteCommand({ CalculatorName: 'calculator', DeparturePosition: mall, DestinationPosition: door }),
    );
    expect(matrix.RouteMatrix?.map((row) => row.length)).toEqual([3, 3]);
    expect(matrix.RouteMatrix?.[0]?.[0]).toEqual({
      Distance: route.Summary?.Distance,
      DurationSeconds: route.Summary?.DurationSeconds,
    });
    expect(matrix.RouteMatrix?.[1]?.[0]).toEqual({ Distance: 0, DurationSeconds: 0 });
    expect(matrix.Summary).toMatchObject({ RouteCount: 6, ErrorCount: 0, DistanceUnit: 'Kilometers' });
    expect(meter.counts).toEqual({ 'geo.matrixCell': 6, 'geo.route': 1 });
  });

  test.each([
    ['a latitude of 91', { DestinationPosition: [0, 91] }, /DestinationPosition/],
    ['24 waypoints', { WaypointPositions: Array(24).fill(door) }, /WaypointPositions.*23/],
    ['a bicycle', { TravelMode: 'Bicycle' as const }, /TravelMode.*Car, Truck, Walking/],
    ['truck options for a car', { TruckModeOptions: {} }, /TruckModeOptions/],
  ])('refuses %s', async (_, overrides, message) => {
    const input = { CalculatorName: 'calculator', DeparturePosition: mall, DestinationPosition: door, ...overrides };
    await expect(client.send(new CalculateRouteCommand(input))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
    expect(meter.counts).toEqual({});
  });

  test('a calculator or an index that the template does not declare is 404', async () => {
    await expect(
      client.send(
        new CalculateRouteCommand({ CalculatorName: 'other', DeparturePosition: mall, DestinationPosition: door }),
      ),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: expect.stringContaining('other') });
    await expect(
      client.send(new SearchPlaceIndexForTextCommand({ IndexName: 'other', Text: 'x' })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('the search for an address', () => {
  const search = (Text: string, extra: object = {}) =>
    client.send(new SearchPlaceIndexForTextCommand({ IndexName: 'addresses', Text, ...extra }));

  test('finds it however it is abbreviated, with its parts', async () => {
    for (const text of [
      '410 Desert Willow Drive, Las Vegas, NV 89145',
      '410 desert willow dr., apt 4B, Las Vegas NV 89145, USA',
      '410 Desert Willow Dr #12 Las Vegas',
    ]) {
      const { Results, Summary } = await search(text);
      expect(Results?.[0]).toEqual({
        Place: {
          Label: '410 Desert Willow Drive, Las Vegas, NV 89145, USA',
          Geometry: { Point: door },
          AddressNumber: '410',
          Street: 'Desert Willow Drive',
          Municipality: 'Las Vegas',
          Region: 'NV',
          PostalCode: '89145',
          Country: 'USA',
          Interpolated: false,
        },
        PlaceId: expect.stringMatching(/./),
      });
      expect(Summary).toMatchObject({ Text: text, DataSource: 'Here' });
    }
    expect(meter.counts).toEqual({ 'geo.geocode': 3 });
  });

  test('costs more where the result may be kept', async () => {
    await search('410 Desert Willow Drive, Las Vegas', { IndexName: 'kept' });
    expect(meter.counts['geo.storedGeocode']).toBe(1);
    expect(prices['geo.storedGeocode']!.usd).toBeGreaterThan(prices['geo.geocode']!.usd);
  });

  test('another house number is no sure answer', async () => {
    const wrong = '999 Desert Willow Drive, Las Vegas, NV 89145';
    const { Results = [] } = await search(wrong, { IndexName: 'grab' });
    expect(Results[0]?.Relevance).toBeLessThan(0.8);
    const candidates = await new LocationGeocoder('addresses', client).search(wrong, mall);
    expect(matchAddress(wrong, candidates, { centre: mall, radiusMetres: 16_000 })).toMatchObject({ is: 'ambiguous' });
  });

  test('equal ones are as relevant, where the provider says; HERE does not', async () => {
    const { Results = [], Summary } = await search('12 Main Street', { IndexName: 'grab' });
    expect(Results.map(({ Relevance }) => Relevance)).toEqual([1, 1]);
    expect(Summary?.DataSource).toBe('Grab');
    expect((await search('12 Main Street')).Results?.map(({ Relevance }) => Relevance)).toEqual([undefined, undefined]);
  });

  test('the geocoder makes candidates of it, with which the nearer city is meant', async () => {
    const candidates = await new LocationGeocoder('addresses', client).search('12 Main Street', mall);
    expect(candidates).toEqual([
      {
        label: '12 Main Street, Las Vegas, NV 89101, USA',
        number: '12',
        street: 'Main Street',
        municipality: 'Las Vegas',
        region: 'NV',
        postalCode: '89101',
        position: [-115.14, 36.17],
      },
      {
        label: '12 Main Street, Dallas, TX 75201, USA',
        number: '12',
        street: 'Main Street',
        position: [-96.8, 32.78],
      },
    ]);
    const area = { centre: mall, radiusMetres: 16_000 };
    expect(matchAddress('12 Main Street', candidates, area)).toEqual({ is: 'found', position: [-115.14, 36.17] });
  });

  test('of equal ones the nearest to the bias comes first', async () => {
    const { Results } = await search('12 Main Street', { BiasPosition: [-97, 33], MaxResults: 1 });
    expect(Results?.map(({ Place }) => Place?.Label)).toEqual(['12 Main Street, Dallas, TX 75201, USA']);
    expect(Results?.[0]?.Distance).toBeGreaterThan(10_000);
    const west = await search('12 Main Street', { BiasPosition: [-115, 36] });
    expect(west.Results?.[0]?.Place?.Municipality).toBe('Las Vegas');
  });

  test('a place nobody knows is no result', async () => {
    expect((await search('1 Rue de Rivoli, Paris')).Results).toEqual([]);
    expect((await search('12 Main Street', { FilterCountries: ['CAN'] })).Results).toEqual([]);
  });

  test('refuses what it does not know', async () => {
    await expect(search('x', { FilterCategories: ['Hotel'] })).rejects.toMatchObject({
      message: expect.stringContaining('FilterCategories'),
    });
    await expect(search('x'.repeat(201))).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(search('x', { BiasPosition: mall, FilterBBox: [0, 0, 1, 1] })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('V2', () => {
  const post = async (path: string, body: object) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      pricing: response.headers.get('x-amz-geo-pricing-bucket'),
      body: await response.json(),
    };
  };

  test('routes and matrices agree with V1, in metres and whole seconds', async () => {
    const v1 = await client.send(
      new CalculateRouteCommand({ CalculatorName: 'calculator', DeparturePosition: mall, DestinationPosition: door }),
    );
    const [Distance, Duration] = [Math.round(v1.Summary!.Distance! * 1000), Math.round(v1.Summary!.DurationSeconds!)];
    const route = await post('/v2/routes', {
      Origin: mall,
      Destination: door,
      LegGeometryFormat: 'Simple',
      TravelMode: 'Car',
    });
    expect(route).toMatchObject({
      status: 200,
      pricing: 'Core',
      body: { Routes: [{ Summary: { Distance, Duration }, Legs: [{ Type: 'Vehicle' }] }] },
    });
    const matrix = await post('/v2/route-matrix', {
      Origins: [{ Position: mall }],
      Destinations: [{ Position: door }, { Position: mall }],
      RoutingBoundary: { Unbounded: true },
    });
    expect(matrix.body).toEqual({
      ErrorCount: 0,
      RouteMatrix: [
        [
          { Distance, Duration },
          { Distance: 0, Duration: 0 },
        ],
      ],
      RoutingBoundary: { Unbounded: true },
    });
    expect(meter.counts).toEqual({ 'geo.route': 2, 'geo.matrixCell': 2 });
  });

  test('refuses a matrix without boundary, and an operation that is not emulated', async () => {
    expect(
      await post('/v2/route-matrix', { Origins: [{ Position: mall }], Destinations: [{ Position: door }] }),
    ).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('RoutingBoundary') },
    });
    expect(await post('/v2/isolines', {})).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('/v2/isolines') },
    });
  });
});
