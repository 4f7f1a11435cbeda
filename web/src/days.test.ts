import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, firstOfMonth, isDay, lastOfMonth, monthsBefore } from './days';

describe('days', () => {
  it.each([
    ['2026-02-28', 1, '2026-03-01'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2026-01-01', -1, '2025-12-31'],
    // Berlin's clocks change on this night; a calendar day does not care.
    ['2026-10-25', 1, '2026-10-26'],
  ])('%s and %i days is %s', (day, days, expected) => {
    expect(addDays(day, days)).toBe(expected);
  });

  it('counts both ends', () => {
    expect(daysBetween('2026-10-26', '2026-11-22')).toBe(28);
    expect(daysBetween('2026-11-22', '2026-11-22')).toBe(1);
  });

  it('finds the first of the month', () => {
    expect(firstOfMonth('2026-11-22')).toBe('2026-11-01');
  });

  it('counts months back over a new year, and finds their last days', () => {
    expect(monthsBefore('2026-01-31', 3)).toEqual(['2026-01', '2025-12', '2025-11']);
    expect(lastOfMonth('2028-02')).toBe('2028-02-29');
    expect(lastOfMonth('2026-12')).toBe('2026-12-31');
  });

  it.each(['2026-02-30', '2026-13-01', '26-01-01', '', undefined, 20260101])('refuses %s', (text) => {
    expect(isDay(text)).toBe(false);
  });
});
