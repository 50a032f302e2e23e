import { LocationClient, SearchPlaceIndexForTextCommand } from '@aws-sdk/client-location';
import type { Geocoder } from '../application/ports.ts';
import type { Position } from '../domain/position.ts';

/** Below this the service itself is unsure that it found the right place (0 to 1). */
const surely = 0.8;

/** Addresses through an Amazon Location place index. */
export class LocationGeocoder implements Geocoder {
  readonly #client: LocationClient;
  readonly #indexName: string;

  constructor(indexName: string, client = new LocationClient({ maxAttempts: 3 })) {
    this.#indexName = indexName;
    this.#client = client;
  }

  async locate(address: string, near: Position): Promise<Position | null> {
    const { Results = [] } = await this.#client.send(
      new SearchPlaceIndexForTextCommand({
        IndexName: this.#indexName,
        Text: address.slice(0, 200),
        BiasPosition: [...near],
        MaxResults: 1,
      }),
    );
    const [best] = Results;
    const point = best?.Place?.Geometry?.Point;
    if (!point || (best.Relevance ?? 1) < surely) return null;
    return [point[0]!, point[1]!];
  }
}
