/**
 * The pages in the order of the side bar, and the right that each takes; everybody has an overview.
 * Use of one's own is for whoever is one of the people.
 * It only spares a reader links that lead to a refusal: what may be read, the server decides.
 */
import type { Me } from '../api/types';
import { words } from '../messages';

type Listed = { key: keyof typeof words.shell.pages; to: string; needs: string | null; letter: string };

export const PAGES = [
  { key: 'home', to: '/', needs: null, letter: 'h' },
  { key: 'me', to: '/me', needs: 'read-own', letter: 'm' },
  { key: 'burn', to: '/burn', needs: 'read-burn', letter: 'b' },
  { key: 'buckets', to: '/buckets', needs: 'read-own', letter: 'k' },
  { key: 'people', to: '/people', needs: 'read-estate', letter: 'p' },
  { key: 'seats', to: '/seats', needs: 'read-estate', letter: 's' },
  { key: 'plan', to: '/plan', needs: 'read-purchases', letter: 'l' },
  { key: 'gate', to: '/gate', needs: 'read-burn', letter: 'g' },
  { key: 'places', to: '/places', needs: 'read-estate', letter: 'c' },
  { key: 'reports', to: '/reports', needs: 'read-outlook', letter: 'r' },
  { key: 'alerts', to: '/alerts', needs: 'read-own', letter: 'a' },
  { key: 'sources', to: '/sources', needs: 'read-burn', letter: 'o' },
  { key: 'settings', to: '/settings', needs: 'read-burn', letter: 't' },
] as const satisfies readonly Listed[];

export type Page = (typeof PAGES)[number];

/** The pages that somebody with these rights can read; the overview alone before they are known. */
export function pagesFor(me: Pick<Me, 'rights' | 'person'> | undefined): readonly Page[] {
  const rights = new Set<string>(me?.rights);
  const isSomebody = Boolean(me?.person);
  return PAGES.filter(({ key, needs }) => (needs === null || rights.has(needs)) && (key !== 'me' || isSomebody));
}
