import * as z from 'zod/mini';
import type { DriverId, Id, StoreId } from '../../domain/ids.ts';
import { weekdays } from '../../domain/opening-hours.ts';
import { type Instant, parseInstant } from '../../domain/time.ts';

/** What each operation takes. The same schemas make the OpenAPI document; an unknown property is refused. */
export interface OperationSchema {
  summary: string;
  params: z.ZodMiniType;
  query: z.ZodMiniType;
  body: z.ZodMiniType;
}

/** Whole characters that can be shown: no half of a surrogate pair, and of the control characters line ends and tabs. */
export const readable = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u;

export const text = (longest: number) =>
  z
    .string()
    .check(
      z.trim(),
      z.minLength(1),
      z.maxLength(longest),
      z.regex(readable, 'must be readable text, without control characters'),
    );

/** Ids come from us or from the operator's own directory: letters, digits, `_`, `-`, `.` and `:`. */
export const id = z
  .string()
  .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$/, 'must be 1 to 80 letters, digits, _ - . or :'));

/** The same, where a type tells whose id it is. */
export const idOf = <T extends Id<string>>() => id as unknown as z.ZodMiniType<T, string>;

export const cents = z.int().check(z.minimum(0), z.maximum(100_000_000));

/** Within the years in which instants sort as text. */
export const instantText = z.pipe(
  z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 instant with an offset, e.g. 2026-11-22T19:00:00Z' })
    .check(z.refine((at) => /^(19|20|21)/.test(at), 'must be of the years 1900 to 2199')),
  z.transform((at): Instant => parseInstant(at)),
);

/** Seven decimals are a centimetre; smaller numbers than DynamoDB can keep have no place on earth. */
export const degrees = (most: number) =>
  z.number().check(
    z.minimum(-most),
    z.maximum(most),
    z.overwrite((value) => Math.round(value * 1e7) / 1e7),
  );

export const position = z.readonly(z.tuple([degrees(180), degrees(90)]));

/** Where the phone is, and how sure it is of that. */
export const accuracyMetres = z.optional(z.number().check(z.minimum(0), z.maximum(100_000)));
export const whereabouts = z.strictObject({ position, accuracyMetres });

export const nothing = z.optional(z.strictObject({}));

export const noQuery = z.strictObject({});

export const pageQuery = z.strictObject({
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 25),
  cursor: z.optional(z.string().check(z.minLength(1), z.maxLength(2000))),
});

export const orderParams = z.strictObject({ orderId: id });

export const storeParams = z.strictObject({ storeId: id });

/** When it happened, by the clock of a device that had no signal then. */
export const occurredAt = z.optional(instantText);

export const label = z.string().check(z.regex(/^[A-Za-z0-9-]{1,40}$/, 'must be 1 to 40 letters, digits or -'));

export const labels = z.array(label).check(z.maxLength(60));

/** Of the driver who comes for the parcels. */
export const runCode = z.string().check(z.regex(/^\d{4}$/, 'must be the four digits on the phone'));

export const role = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('operations') }),
  z.strictObject({ kind: z.literal('store'), storeId: idOf<StoreId>() }),
  z.strictObject({ kind: z.literal('driver'), driverId: idOf<DriverId>() }),
]);

export const noParams = z.strictObject({});

const localTime = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a local time HH:MM'));

const dayHours = z.nullable(
  z
    .strictObject({ opens: localTime, closes: localTime })
    .check(z.refine(({ opens, closes }) => opens < closes, 'must close later than it opens')),
);

/** Weekly hours by local time, with dated exceptions. */
export const openingHours = z.strictObject({
  weekly: z.strictObject(
    Object.fromEntries(weekdays.map((day) => [day, z.optional(dayHours)])) as Record<
      (typeof weekdays)[number],
      z.ZodMiniOptional<typeof dayHours>
    >,
  ),
  exceptions: z.optional(z.record(z.iso.date(), dayHours)),
});

export const zone = z.string().check(
  z.refine((name) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
    } catch {
      return false;
    }
  }, 'must be an IANA time zone, e.g. America/Phoenix'),
);
