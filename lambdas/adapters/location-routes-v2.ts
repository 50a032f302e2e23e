import {
  CalculateRouteMatrixCommand,
  CalculateRoutesCommand,
  GeoRoutesClient,
  type GeoRoutesClientConfig,
} from '@aws-sdk/client-geo-routes';
import type { Routes } from '../application/ports.ts';
import type { Position } from '../domain/position.ts';
import type { Instant } from '../domain/time.ts';
import type { Drive } from '../domain/travel.ts';
import { answeredWithin, oneOrSeveral } from './location-limits.ts';

/** Drives through the Routes API V2 of Amazon Location, which needs no resource. */
export class LocationRoutesV2 implements Routes {
  readonly #client: GeoRoutesClient;

  constructor(config: GeoRoutesClientConfig = {}) {
    this.#client = new GeoRoutesClient({ ...answeredWithin, ...config });
  }

  drives(from: Position, to: readonly Position[], departAt: Instant): Promise<(Drive | null)[]> {
    return oneOrSeveral(to, {
      one: (place) => this.#route(from, place, departAt),
      several: () => this.#matrix(from, to, departAt),
    });
  }

  async #route(from: Position, to: Position, departAt: Instant): Promise<Drive | null> {
    const command = new CalculateRoutesCommand({
      Origin: [...from],
      Destination: [...to],
      TravelMode: 'Car',
      DepartureTime: departAt,
      LegAdditionalFeatures: ['Summary'],
      LegGeometryFormat: 'Simple',
    });
    const { Routes: found = [] } = await this.#client.send(command);
    const summary = found[0]?.Summary;
    return summary ? { metres: summary.Distance!, seconds: summary.Duration! } : null;
  }

  async #matrix(from: Position, to: readonly Position[], departAt: Instant): Promise<(Drive | null)[]> {
    const command = new CalculateRouteMatrixCommand({
      Origins: [{ Position: [...from] }],
      Destinations: to.map((place) => ({ Position: [...place] })),
      TravelMode: 'Car',
      DepartureTime: departAt,
      RoutingBoundary: { Unbounded: true },
    });
    const { RouteMatrix } = await this.#client.send(command);
    const row = RouteMatrix?.[0] ?? [];
    return to.map((_, index) => {
      const entry = row[index];
      return entry && !entry.Error ? { metres: entry.Distance!, seconds: entry.Duration! } : null;
    });
  }
}
