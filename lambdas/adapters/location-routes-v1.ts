import {
  CalculateRouteCommand,
  CalculateRouteMatrixCommand,
  LocationClient,
  type LocationClientConfig,
} from '@aws-sdk/client-location';
import type { Routes } from '../application/ports.ts';
import type { Position } from '../domain/position.ts';
import type { Instant } from '../domain/time.ts';
import type { Drive } from '../domain/travel.ts';
import { answeredWithin, oneOrSeveral } from './location-limits.ts';

/** Drives through an Amazon Location route calculator (Routes API V1). */
export class LocationRoutesV1 implements Routes {
  readonly #client: LocationClient;
  readonly #calculator: string;

  constructor(calculator: string, config: LocationClientConfig = {}) {
    this.#calculator = calculator;
    this.#client = new LocationClient({ ...answeredWithin, ...config });
  }

  drives(from: Position, to: readonly Position[], departAt: Instant): Promise<(Drive | null)[]> {
    return oneOrSeveral(to, {
      one: (place) => this.#route(from, place, departAt),
      several: () => this.#matrix(from, to, departAt),
    });
  }

  async #route(from: Position, to: Position, departAt: Instant): Promise<Drive | null> {
    const command = new CalculateRouteCommand({
      ...this.#common(departAt),
      DeparturePosition: [...from],
      DestinationPosition: [...to],
    });
    try {
      const { Summary } = await this.#client.send(command);
      return driveOf(Summary?.Distance, Summary?.DurationSeconds);
    } catch (error) {
      // Where there is no road, this operation says that the positions are not valid (RouteMatrixEntryError,
      // "OtherValidationError": "not valid or a route was not found").
      if ((error as Error).name === 'ValidationException') return null;
      throw error;
    }
  }

  async #matrix(from: Position, to: readonly Position[], departAt: Instant): Promise<(Drive | null)[]> {
    const command = new CalculateRouteMatrixCommand({
      ...this.#common(departAt),
      DeparturePositions: [[...from]],
      DestinationPositions: to.map((place) => [...place]),
    });
    const { RouteMatrix } = await this.#client.send(command);
    const row = RouteMatrix?.[0] ?? [];
    return to.map((_, index) => {
      const entry = row[index];
      return entry && !entry.Error ? driveOf(entry.Distance, entry.DurationSeconds) : null;
    });
  }

  #common(departAt: Instant) {
    return {
      CalculatorName: this.#calculator,
      TravelMode: 'Car' as const,
      DistanceUnit: 'Kilometers' as const,
      DepartureTime: new Date(departAt),
    };
  }
}

function driveOf(kilometres: number | undefined, seconds: number | undefined): Drive | null {
  if (kilometres === undefined || seconds === undefined) return null;
  return { metres: Math.round(kilometres * 1000), seconds: Math.round(seconds) };
}
