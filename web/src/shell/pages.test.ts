import { describe, expect, it } from 'vitest';
import { PAGES, pagesFor } from './pages';

const person = { key: 'ana', name: 'Ana', bucket: null };
const keys = (rights: string[]) => pagesFor({ rights, person }).map(({ key }) => key);

describe('the pages of the side bar', () => {
  it('are those that the rights reach', () => {
    expect(pagesFor({ person, rights: ['read-own', 'read-burn', 'read-estate', 'read-outlook', 'read-purchases'] })).toEqual(PAGES);
    expect(keys(['read-own'])).toEqual(['home', 'me', 'buckets', 'alerts']);
    expect(keys([])).toEqual(['home']);
  });

  it('are the overview alone before the rights are known', () => {
    expect(pagesFor(undefined).map(({ key }) => key)).toEqual(['home']);
  });

  it('leave one’s own use out for whoever is none of the people', () => {
    expect(pagesFor({ rights: ['read-own'] }).map(({ key }) => key)).toEqual(['home', 'buckets', 'alerts']);
  });

  it('have a letter each', () => {
    expect(new Set(PAGES.map(({ letter }) => letter)).size).toBe(PAGES.length);
  });
});
