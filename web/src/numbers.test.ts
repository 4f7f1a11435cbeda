import { describe, expect, it } from 'vitest';
import { numbersIn, percentOf, shareOf } from './numbers';

const LOCALES = ['en-GB', 'en-US', 'en-IN', 'de-DE', 'de-AT', 'de-CH', 'en', 'de'];

describe('a number that somebody writes', () => {
  it.each([
    ['en-GB', '3', 3],
    ['en-GB', ' 3.5 ', 3.5],
    ['en-GB', '3,5', 3.5],
    ['en-GB', '3,500', 3500],
    ['en-GB', '3.500', 3.5],
    ['en-GB', '12,345,678.9', 12_345_678.9],
    ['en-GB', '-4', -4],
    ['en-GB', '−4', -4],
    ['en-GB', '0,500', 0.5],
    ['en-IN', '12,34,567', 1_234_567],
    ['de-DE', '3,5', 3.5],
    ['de-DE', '3.5', 3.5],
    ['de-DE', '3.500', 3500],
    ['de-DE', '0.500', 0.5],
    ['de-DE', '12.345.678,9', 12_345_678.9],
    ['de-AT', '12 345,5', 12_345.5],
    ['de-AT', '12\u00a0345', 12_345],
    ['de-AT', '12.345', 12_345],
    ['de-CH', '12’345.5', 12_345.5],
    ['de-CH', "12'345", 12_345],
    ['en-GB', '', undefined],
    ['en-GB', 'three', undefined],
    ['en-GB', '1.000,5', undefined],
    ['en-GB', '1e3', undefined],
    ['en-GB', '3 %', undefined],
    ['de-DE', '1,2,3', undefined],
    ['de-DE', '.', undefined],
  ])('in %s as “%s” is %s', (locale, text, value) => {
    expect(numbersIn(locale).read(text)).toBe(value);
  });

  it.each(LOCALES)('is shown in %s so that it can be read again', (locale) => {
    const numbers = numbersIn(locale);
    for (const value of [0, 3, 3.5, -0.04, 0.115, 999, 1000, 1500.25, 50_000, 1_234_567.89, 1e-7, 4_294_967_295]) {
      expect(numbers.read(numbers.show(value))).toBe(value);
      expect(numbers.read(numbers.showPlain(value))).toBe(value);
    }
  });
});

describe('per cent', () => {
  it('of every share of four digits comes back as it was', () => {
    const shares = Array.from({ length: 20_001 }, (_, at) => Number(`${at - 10_000}e-4`));
    expect(shares.filter((share) => shareOf(percentOf(share)) !== share)).toEqual([]);
    expect(shares.filter((share) => String(percentOf(share)).length > 6)).toEqual([]);
  });
});
