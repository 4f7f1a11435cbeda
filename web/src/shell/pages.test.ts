import { describe, expect, it } from 'vitest';
import { PAGES, pagesFor } from './pages';

const keys = (roles: string[] | undefined) => pagesFor(roles).map(({ key }) => key);

describe('the pages of the side bar', () => {
  it('are all for those who read everything', () => {
    expect(pagesFor(['administrator'])).toEqual(PAGES);
    expect(pagesFor(['viewer'])).toEqual(PAGES);
  });

  it('leave out what a member may not read', () => {
    expect(keys(['member'])).not.toContain('burn');
    expect(keys(['member'])).toContain('alerts');
    expect(keys(['workstation'])).toEqual([]);
    expect(keys(['member', 'viewer'])).toEqual(keys(['viewer']));
  });

  it('are all there for a role that is not known here: the server decides', () => {
    expect(pagesFor(['somebody-new'])).toEqual(PAGES);
    expect(pagesFor(undefined)).toEqual(PAGES);
  });

  it('have a letter each', () => {
    expect(new Set(PAGES.map(({ letter }) => letter)).size).toBe(PAGES.length);
  });
});
