/** Calendar days as `2026-11-22`. Days are counted in UTC, where each has 24 hours. */
const DAY_MS = 86_400_000;
const SHAPE = /^\d{4}-\d{2}-\d{2}$/;

export function isDay(text: unknown): text is string {
  return typeof text === 'string' && SHAPE.test(text) && !Number.isNaN(number(text)) && addDays(text, 0) === text;
}

export function addDays(day: string, days: number): string {
  return new Date(number(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Days from one to the other, both included. */
export function daysBetween(from: string, to: string): number {
  return Math.round((number(to) - number(from)) / DAY_MS) + 1;
}

export function firstOfMonth(day: string): string {
  return `${day.slice(0, 8)}01`;
}

/** As many months as `2026-11`, the latest first, ending with that of a day. */
export function monthsBefore(day: string, count: number): string[] {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  return Array.from({ length: count }, (_, back) => {
    return new Date(Date.UTC(year, month - 1 - back)).toISOString().slice(0, 7);
  });
}

/** The last day of a month as `2026-11`. */
export function lastOfMonth(month: string): string {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

function number(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
