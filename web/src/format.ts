/**
 * Numbers, money and days in the reader's locale.
 * It only formats: an amount is shown as the server gave it, never added to or divided.
 */
import type { Money } from './api/types';
import { locale } from './messages/language';

const tokensFormat = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const wholeFormat = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const compactFormat = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
const percentFormat = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
const wholePercentFormat = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
const countFormat = new Intl.NumberFormat(locale);
const relativeFormat = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
// A day of the contract is a plain date; it is pinned to UTC so that no zone can shift it.
const dayFormat = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
const shortDayFormat = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' });
const longDayFormat = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', dateStyle: 'full' });

export const tokens = (value: number) => tokensFormat.format(value);
/** An estimate: its decimals would claim to know what nobody knows. */
export const estimate = (value: number) => wholeFormat.format(value);
export const compactTokens = (value: number) => compactFormat.format(value);
export const share = (value: number) => percentFormat.format(value);
export const roundShare = (value: number) => wholePercentFormat.format(value);
export const counted = (value: number) => countFormat.format(value);
export const day = (date: string) => dayFormat.format(utc(date));
export const shortDay = (date: string) => shortDayFormat.format(utc(date));
export const longDay = (date: string) => longDayFormat.format(utc(date));
export const inDays = (days: number) => relativeFormat.format(days, 'day');

const monthFormat = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' });
const countryNames = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' });
const hoursFormat = new Intl.NumberFormat(locale, {
  style: 'unit',
  unit: 'hour',
  unitDisplay: 'short',
  maximumFractionDigits: 1,
});

/** A month as `2026-11`. */
export const monthName = (month: string) => monthFormat.format(utc(`${month}-01`));
/** Seconds in hours, as one speaks of them. */
export const hours = (seconds: number) => hoursFormat.format(seconds / 3600);

/** The name of a country by its code, whatever its case; what is none stays as it is. */
export function countryName(code: string): string {
  return /^[a-z]{2}$/i.test(code) ? (countryNames.of(code.toUpperCase()) ?? code) : code;
}

const weekdayFormat = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'long' });
/** The first day of 2024 was a Monday. */
const MONDAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** The name of a day of the week, counted from Monday. */
export const weekday = (fromMonday: number) => weekdayFormat.format(MONDAY_MS + fromMonday * DAY_MS);
/** A full hour, as on a clock of 24. */
export const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`;

const moneyFormats = new Map<string, Intl.NumberFormat>();

/** The amount is passed on as text, because a float would lose digits of a large sum. */
export function money({ amount, currency }: Money): string {
  let format = moneyFormats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat(locale, { style: 'currency', currency });
    moneyFormats.set(currency, format);
  }
  return format.format(amount as Intl.StringNumericLiteral);
}

const momentFormats = new Map<string, Intl.DateTimeFormat>();

/** An instant in the contract's zone: with its day, unless it is `today`, and its year, unless it is today's. */
export function moment(instant: string, zone: string, today?: string): string {
  const sameDay = today !== undefined && dayOf(instant, zone) === today;
  const otherYear = today !== undefined && dayOf(instant, zone).slice(0, 4) !== today.slice(0, 4);
  const key = `${zone} ${sameDay} ${otherYear}`;
  let format = momentFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      ...(sameDay ? {} : { day: 'numeric', month: 'short' }),
      ...(otherYear ? { year: 'numeric' } : {}),
    });
    momentFormats.set(key, format);
  }
  return format.format(new Date(instant));
}

const calendarFormats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of an instant in a zone, as `2026-11-22`. */
export function dayOf(instant: string, zone: string): string {
  let format = calendarFormats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    calendarFormats.set(zone, format);
  }
  return format.format(new Date(instant));
}

function utc(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}
