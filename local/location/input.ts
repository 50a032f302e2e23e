import type { LonLat } from './travel.ts';

/** A refusal in the form of Location's REST API. */
export class LocationError extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export function invalid(message: string): LocationError {
  return new LocationError(400, 'ValidationException', message);
}

/** The JSON body of a request, whose members are taken one by one; what nobody takes is refused by name. */
export class Input {
  readonly #members: Record<string, unknown>;
  readonly #taken = new Set<string>();
  readonly #path: string;

  constructor(body: unknown, path = '') {
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw invalid(`${path || 'The body'} must be an object.`);
    this.#members = body as Record<string, unknown>;
    this.#path = path;
  }

  static parse(body: Buffer): Input {
    try {
      return new Input(JSON.parse(body.toString('utf8') || '{}'));
    } catch (error) {
      throw error instanceof LocationError ? error : invalid('The body is not JSON.');
    }
  }

  /** Accepts members that change nothing here; the reason is the caller's. */
  accept(...names: string[]): void {
    for (const name of names) this.#taken.add(name);
  }

  /** Call it last. */
  refuseOthers(): void {
    const unknown = Object.keys(this.#members).find((name) => !this.#taken.has(name));
    if (unknown) throw invalid(`${this.#path}${unknown} is not emulated.`);
  }

  optional(name: string): unknown {
    this.#taken.add(name);
    return this.#members[name] ?? undefined;
  }

  oneOf<T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const value = this.optional(name) ?? otherwise;
    if (!values.includes(value as T)) throw invalid(`${this.#path}${name} must be one of ${values.join(', ')}.`);
    return value as T;
  }

  text(name: string, longest: number): string {
    const value = this.optional(name);
    if (typeof value !== 'string' || value.length < 1 || value.length > longest) {
      throw invalid(`${this.#path}${name} must be text of 1 to ${longest} characters.`);
    }
    return value;
  }

  integer(name: string, least: number, most: number, otherwise: number): number {
    const value = this.optional(name) ?? otherwise;
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
      throw invalid(`${this.#path}${name} must be a whole number from ${least} to ${most}.`);
    }
    return value as number;
  }

  position(name: string): LonLat {
    return position(this.optional(name), this.#path + name);
  }

  positions(name: string, least: number, most: number): LonLat[] {
    return this.list(name, least, most).map((value, index) => position(value, `${this.#path}${name}[${index}]`));
  }

  list(name: string, least: number, most: number): unknown[] {
    const value = this.optional(name) ?? [];
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      throw invalid(`${this.#path}${name} must have ${least} to ${most} members.`);
    }
    return value;
  }
}

function position(value: unknown, name: string): LonLat {
  const [longitude, latitude] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : [];
  if (
    typeof longitude !== 'number' ||
    typeof latitude !== 'number' ||
    Math.abs(longitude) > 180 ||
    Math.abs(latitude) > 90
  ) {
    throw invalid(`${name} must be [longitude, latitude] in degrees.`);
  }
  return [longitude, latitude];
}
