import type { Meter, ServiceHandler, ServiceRequest, ServiceResponse } from '../services.ts';
import { AddressIndex, placeIdOf, placeOf, type SeedAddress } from './address-index.ts';
import { Input, invalid, LocationError } from './input.ts';
import { calculateRoute, calculateRouteMatrix } from './routes-v1.ts';
import { calculateRouteMatrixV2, calculateRoutes } from './routes-v2.ts';
import { greatCircleTravel, type TravelModel } from './travel.ts';

export interface LocationOptions {
  /** Names of the template's route calculators and place indexes (V1); V2 needs no resource. */
  routeCalculators: string[];
  placeIndexes: PlaceIndex[];
  addresses: SeedAddress[];
  meter: Meter;
  travel?: TravelModel;
}

export interface PlaceIndex {
  name: string;
  dataSource: 'Here' | 'Grab';
  /** Whether results may be kept (`IntendedUse: Storage`), which costs more. */
  keepsResults: boolean;
}

/** V2 has no resource of its own; this is what its policies name. */
const providerV2 = 'provider/default';
const textLimit = 200;
const resultLimit = 50;

/** Amazon Location on the wire: routes and matrices (V1 and V2) and the search for an address (V1). */
export function locationService(options: LocationOptions): ServiceHandler {
  const service = new LocationService(options);
  return async (request) => {
    try {
      return service.serve(request);
    } catch (error) {
      if (error instanceof LocationError) return refusal(error);
      throw error;
    }
  };
}

class LocationService {
  readonly #options: LocationOptions;
  readonly #addresses: AddressIndex;
  readonly #travel: TravelModel;

  constructor(options: LocationOptions) {
    this.#options = options;
    this.#addresses = new AddressIndex(options.addresses);
    this.#travel = options.travel ?? greatCircleTravel;
  }

  serve(request: ServiceRequest): ServiceResponse {
    const { path, method } = request;
    const [, calculator, routing] =
      /^\/routes\/v0\/calculators\/([^/]+)\/calculate\/(route|route-matrix)$/.exec(path) ?? [];
    const [, index] = /^\/places\/v0\/indexes\/([^/]+)\/search\/text$/.exec(path) ?? [];
    if (method !== 'POST' || !(calculator || index || path === '/v2/routes' || path === '/v2/route-matrix')) {
      throw new LocationError(
        404,
        'UnknownOperationException',
        `${method} ${path} of Amazon Location is not emulated.`,
      );
    }
    if (calculator !== undefined) {
      this.#demand('Route calculator', this.#options.routeCalculators, calculator);
      return routing === 'route' ? this.#route(request, calculator) : this.#matrix(request, calculator);
    }
    if (index !== undefined) {
      const indexes = this.#options.placeIndexes;
      this.#demand(
        'Place index',
        indexes.map(({ name }) => name),
        index,
      );
      return this.#search(request, indexes.find(({ name }) => name === decodeURIComponent(index))!);
    }
    return path === '/v2/routes' ? this.#routeV2(request) : this.#matrixV2(request);
  }

  #route(request: ServiceRequest, resource: string): ServiceResponse {
    const body = calculateRoute(Input.parse(request.body), this.#travel);
    this.#options.meter.count('geo.route', 1, { resource });
    return answer(body);
  }

  #matrix(request: ServiceRequest, resource: string): ServiceResponse {
    const { body, cells } = calculateRouteMatrix(Input.parse(request.body), this.#travel);
    this.#options.meter.count('geo.matrixCell', cells, { resource });
    return answer(body);
  }

  #routeV2(request: ServiceRequest): ServiceResponse {
    const body = calculateRoutes(Input.parse(request.body), this.#travel);
    this.#options.meter.count('geo.route', 1, { resource: providerV2 });
    return answer(body, { 'x-amz-geo-pricing-bucket': 'Core' });
  }

  #matrixV2(request: ServiceRequest): ServiceResponse {
    const { body, cells } = calculateRouteMatrixV2(Input.parse(request.body), this.#travel);
    this.#options.meter.count('geo.matrixCell', cells, { resource: providerV2 });
    return answer(body, { 'x-amz-geo-pricing-bucket': 'Core' });
  }

  #search(request: ServiceRequest, index: PlaceIndex): ServiceResponse {
    const input = Input.parse(request.body);
    const text = input.text('Text', textLimit);
    const bias = input.optional('BiasPosition') === undefined ? undefined : input.position('BiasPosition');
    const box = input.optional('FilterBBox') as number[] | undefined;
    if (box && bias) throw invalid('BiasPosition and FilterBBox exclude each other.');
    if (box && (!Array.isArray(box) || box.length !== 4)) throw invalid('FilterBBox must have four numbers.');
    const countries = input.list('FilterCountries', 0, 100) as string[];
    const limit = input.integer('MaxResults', 1, resultLimit, resultLimit);
    // Every label is in the language of its seed.
    input.accept('Language', 'Key');
    input.refuseOthers();
    this.#options.meter.count(index.keepsResults ? 'geo.storedGeocode' : 'geo.geocode', 1, { resource: index.name });
    const results = this.#addresses.search(text, { bias, box, countries, limit });
    return answer({
      Results: results.map((match) => ({
        Place: placeOf(match),
        PlaceId: placeIdOf(match),
        // HERE gives none (API reference, SearchForTextResult).
        ...(index.dataSource === 'Here' ? {} : { Relevance: match.relevance }),
        ...(match.distanceMetres === undefined ? {} : { Distance: match.distanceMetres }),
      })),
      Summary: {
        Text: text,
        DataSource: index.dataSource,
        MaxResults: limit,
        ...(bias ? { BiasPosition: bias } : {}),
        ...(box ? { FilterBBox: box } : {}),
        ...(countries.length > 0 ? { FilterCountries: countries } : {}),
      },
    });
  }

  #demand(kind: string, names: string[], encodedName: string): void {
    const name = decodeURIComponent(encodedName);
    if (names.includes(name)) return;
    throw new LocationError(
      404,
      'ResourceNotFoundException',
      `${kind} ${name} does not exist; the template declares ${names.join(', ') || 'none'}.`,
    );
  }
}

function answer(body: object, headers: Record<string, string> = {}): ServiceResponse {
  return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

function refusal({ status, type, message }: LocationError): ServiceResponse {
  const extra = type === 'ValidationException' ? { reason: 'FieldValidationFailed', fieldList: [] } : {};
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': type },
    body: JSON.stringify({ message, ...extra }),
  };
}
