import { describe, expect, it } from 'vitest';
import { countryName, dayOf, hours, moment, money } from './format';

describe('format', () => {
  it('keeps every digit of a large sum', () => {
    expect(money({ amount: '90071992547409931.25', currency: 'USD' })).toMatch(/90.071.992.547.409.931.25/);
  });

  it('takes the day from the zone of the contract', () => {
    expect(dayOf('2026-11-21T23:30:00Z', 'Europe/Madrid')).toBe('2026-11-22');
    expect(dayOf('2026-11-21T23:30:00Z', 'America/New_York')).toBe('2026-11-21');
  });

  it('leaves the day out when it is today', () => {
    const instant = '2026-11-22T09:58:00Z';
    expect(moment(instant, 'Europe/Madrid', '2026-11-22')).not.toMatch(/22/);
    expect(moment(instant, 'Europe/Madrid', '2026-11-23')).toMatch(/22/);
    expect(moment(instant, 'Europe/Madrid', '2026-11-23')).not.toMatch(/2026/);
    expect(moment(instant, 'Europe/Madrid', '2027-01-02')).toMatch(/2026/);
  });

  it('names countries by their codes, and leaves what is none', () => {
    expect(countryName('es')).toBe(new Intl.DisplayNames(navigator.language, { type: 'region' }).of('ES'));
    expect(countryName('iberia')).toBe('iberia');
  });

  it('says seconds in hours', () => {
    expect(hours(5400)).toMatch(/1[.,]5/);
  });
});
