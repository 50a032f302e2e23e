import type { LonLat } from '../travel.ts';

const metresPerDegree = 111_195.08;

/** Metres east and north of a corner: exact to a thousandth over the reach of one mall. */
export class Plane {
  readonly #origin: LonLat;
  readonly #metresPerDegreeEast: number;

  constructor(points: readonly LonLat[]) {
    const longitudes = points.map(([longitude]) => longitude);
    const latitudes = points.map(([, latitude]) => latitude);
    const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    this.#origin = [least(longitudes), least(latitudes)];
    const middle = (least(latitudes) + most(latitudes)) / 2;
    this.#metresPerDegreeEast = metresPerDegree * Math.cos((middle * Math.PI) / 180);
  }

  xy([longitude, latitude]: LonLat): [x: number, y: number] {
    return [(longitude - this.#origin[0]) * this.#metresPerDegreeEast, (latitude - this.#origin[1]) * metresPerDegree];
  }

  lonLat(x: number, y: number): LonLat {
    return [this.#origin[0] + x / this.#metresPerDegreeEast, this.#origin[1] + y / metresPerDegree];
  }
}
