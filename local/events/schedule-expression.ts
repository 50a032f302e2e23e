/** When a schedule fires next: the first instant (ms since the epoch) after `instant`. */
export type Schedule = (instant: number) => number;

const unitsMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `rate(...)` or `cron(...)`. A rate counts from the epoch, so that it fires at the same instants after every
 * restart. Source: "Creating a rule that runs on a schedule", EventBridge User Guide.
 */
export function parseSchedule(expression: string): Schedule {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const periodMs = Number(rate[1]) * unitsMs[rate[2] as keyof typeof unitsMs];
    if (periodMs > 0) return (instant) => (Math.floor(instant / periodMs) + 1) * periodMs;
  }
  const cron = /^cron\((.+)\)$/.exec(expression);
  if (cron) return parseCron(expression, cron[1]!.split(/\s+/));
  throw malformed(expression);
}

function malformed(expression: string): Error {
  return new Error(
    `The schedule expression ${expression} is not understood: rate(n minutes|hours|days), or cron(minutes hours day-of-month month day-of-week year).`,
  );
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const horizonMs = 5 * 366 * 86_400_000;

function parseCron(expression: string, fields: string[]): Schedule {
  const [minutes, hours, daysOfMonth, month, daysOfWeek, years] = fields;
  if (fields.length !== 6 || (daysOfMonth === '?') === (daysOfWeek === '?')) throw malformed(expression);
  const field = (text: string | undefined, low: number, high: number, names: string[] = []) =>
    readField(text ?? '', low, high, names, expression);
  const isMinute = field(minutes, 0, 59);
  const isHour = field(hours, 0, 23);
  const isDayOfMonth = field(daysOfMonth, 1, 31);
  const isMonth = field(month, 1, 12, months);
  const isDayOfWeek = field(daysOfWeek, 1, 7, weekdays);
  const isYear = field(years, 1970, 2199);
  return (instant) => {
    const limit = instant + horizonMs;
    for (let next = (Math.floor(instant / 60_000) + 1) * 60_000; next < limit; ) {
      const date = new Date(next);
      const isDay =
        isYear(date.getUTCFullYear()) &&
        isMonth(date.getUTCMonth() + 1) &&
        isDayOfMonth(date.getUTCDate()) &&
        isDayOfWeek(date.getUTCDay() + 1);
      if (!isDay) next = Math.floor(next / unitsMs.day + 1) * unitsMs.day;
      else if (!isHour(date.getUTCHours())) next = Math.floor(next / unitsMs.hour + 1) * unitsMs.hour;
      else if (!isMinute(date.getUTCMinutes())) next += 60_000;
      else return next;
    }
    throw new Error(`The schedule ${expression} does not fire within five years.`);
  };
}

/** A list of values, ranges and steps; `*` and `?` are all. The wildcards L, W and # are not understood. */
function readField(text: string, low: number, high: number, names: string[], expression: string) {
  const value = (part: string): number => {
    const named = names.indexOf(part.toUpperCase());
    const number = named >= 0 ? named + 1 : Number(part);
    if (!/^(\d+|[A-Za-z]{3})$/.test(part) || !(number >= low && number <= high)) throw malformed(expression);
    return number;
  };
  const ranges = text.split(',').map((part) => {
    const [range = '', step] = part.split('/');
    const [from = '', to] = range.split('-');
    const isAll = range === '*' || range === '?';
    const first = isAll ? low : value(from);
    const last = isAll || (step !== undefined && to === undefined) ? high : value(to ?? from);
    const every = step === undefined ? 1 : Number(step);
    if (!(every >= 1)) throw malformed(expression);
    return { first, last, every };
  });
  return (candidate: number) =>
    ranges.some(
      ({ first, last, every }) => candidate >= first && candidate <= last && (candidate - first) % every === 0,
    );
}
