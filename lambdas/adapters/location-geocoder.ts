import { LocationClient, type SearchForTextResult, SearchPlaceIndexForTextCommand } from '@aws-sdk/client-location';
import { type Geocoder, GeocoderUnavailable } from '../application/ports.ts';
import type { AddressCandidate } from '../domain/address.ts';
import type { Position } from '../domain/position.ts';

/** The price is by the search, however many results it has. */
const maxResults = 10;

/** Addresses through an Amazon Location place index. */
export class LocationGeocoder implements Geocoder {
  readonly #client: LocationClient;
  readonly #indexName: string;

  constructor(indexName: string, client = new LocationClient({ maxAttempts: 3 })) {
    this.#indexName = indexName;
    this.#client = client;
  }

  async search(address: string, near: Position): Promise<AddressCandidate[]> {
    const command = new SearchPlaceIndexForTextCommand({
      IndexName: this.#indexName,
      Text: address.slice(0, 200),
      BiasPosition: [...near],
      MaxResults: maxResults,
    });
    const { Results = [] } = await this.#client.send(command).catch((error: unknown) => {
      throw new GeocoderUnavailable(error);
    });
    return Results.flatMap(candidateOf);
  }
}

/** `Relevance` comes from Esri and Grab only: with HERE there is none (API reference, SearchForTextResult). */
function candidateOf({ Place, Relevance }: SearchForTextResult): AddressCandidate[] {
  const [lon, lat] = Place?.Geometry?.Point ?? [];
  if (lon === undefined || lat === undefined) return [];
  const { Label, AddressNumber, Street, Municipality, Region, PostalCode } = Place!;
  return [
    {
      label: Label ?? [AddressNumber, Street, Municipality, Region, PostalCode].filter(Boolean).join(' '),
      ...(AddressNumber && { number: AddressNumber }),
      ...(Street && { street: Street }),
      ...(Municipality && { municipality: Municipality }),
      ...(Region && { region: Region }),
      ...(PostalCode && { postalCode: PostalCode }),
      position: [lon, lat],
      ...(Relevance !== undefined && { relevance: Relevance }),
    },
  ];
}
