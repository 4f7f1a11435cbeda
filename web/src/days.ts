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

function number(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
