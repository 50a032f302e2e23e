import { signal } from '@preact/signals';
import type { Api } from '../shared/api.ts';
import { clock } from '../shared/clock.ts';
import type { Position } from '../shared/contract/common.ts';
import type { Fix } from './geofence.ts';

/** A fix is told with an act while it is no older. */
const freshMs = 60_000;
/** Of these so many fit into one report; the oldest go first when a phone has no signal for long. */
const mostKept = 100;
const reportEveryMs = 60_000;
const keepEveryMs = 15_000;

/** Where this phone is, while its driver is on shift and allows it; what has not been told yet outlives a reload. */
export class Whereabouts {
  readonly last = signal<Fix | null>(null);
  readonly #api: Api;
  readonly #name: string;
  readonly #onFix: (fix: Fix) => void;
  #watch: number | null = null;
  #reporting = false;
  #reportedAtMs = 0;
  #keptAtMs = 0;

  constructor(api: Api, driverId: string, onFix: (fix: Fix) => void) {
    this.#api = api;
    this.#name = `mallway:positions:${driverId}`;
    this.#onFix = onFix;
  }

  start(): void {
    if (this.#watch !== null || !('geolocation' in navigator)) return;
    this.#watch = navigator.geolocation.watchPosition(
      ({ coords }) => this.#seen([coords.longitude, coords.latitude], coords.accuracy),
      () => {},
      { enableHighAccuracy: true, maximumAge: 10_000 },
    );
  }

  stop(): void {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
    this.last.value = null;
  }

  /** What an act says of where it was done; nothing when the phone does not know. */
  now(): { whereabouts?: { position: Position; accuracyMetres: number } } {
    const fix = this.last.peek();
    if (!fix || clock.now.peek() - fix.atMs > freshMs) return {};
    return { whereabouts: { position: fix.position, accuracyMetres: fix.accuracyMetres } };
  }

  #seen(position: Position, accuracy: number): void {
    const fix = { atMs: clock.now.peek(), position, accuracyMetres: Math.min(100_000, Math.round(accuracy)) };
    this.last.value = fix;
    this.#onFix(fix);
    if (fix.atMs - this.#keptAtMs >= keepEveryMs) this.#keep(fix);
    if (fix.atMs - this.#reportedAtMs >= reportEveryMs) void this.#report();
  }

  #keep(fix: Fix): void {
    this.#keptAtMs = fix.atMs;
    this.#write([...this.#kept(), fix].slice(-mostKept));
  }

  /** In one batch; without a connection it is told with the next. */
  async #report(): Promise<void> {
    const fixes = this.#kept();
    if (this.#reporting || fixes.length === 0) return;
    this.#reporting = true;
    this.#reportedAtMs = clock.now.peek();
    try {
      const positions = fixes.map(({ atMs, ...fix }) => ({ at: new Date(atMs).toISOString(), ...fix }));
      await this.#api.act('/v1/driver/positions', { positions }, () => {});
      const last = fixes.at(-1)!.atMs;
      this.#write(this.#kept().filter(({ atMs }) => atMs > last));
    } catch {
      // Refused for good, or the session is over: the next report takes them along.
    } finally {
      this.#reporting = false;
    }
  }

  #kept(): Fix[] {
    return JSON.parse(localStorage.getItem(this.#name) ?? '[]') as Fix[];
  }

  #write(fixes: Fix[]): void {
    localStorage.setItem(this.#name, JSON.stringify(fixes));
  }
}
