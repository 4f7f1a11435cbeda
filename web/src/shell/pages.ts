/**
 * The pages in the order of the side bar, and who may read them.
 * It only spares a reader links that lead to a refusal: what may be read, the server decides.
 */
import { words } from '../messages';

/** As the server's rights, which its policies give to roles; this is how Faregate ships them. */
type Needs = 'burn' | 'estate' | 'own';

const AUDITORS = ['viewer', 'approver', 'licence-manager', 'administrator'];

const READERS: Record<Needs, readonly string[]> = {
  burn: ['procurement', ...AUDITORS],
  estate: AUDITORS,
  own: ['member', ...AUDITORS],
};

const KNOWN_ROLES = ['workstation', 'collector', 'member', 'procurement', ...AUDITORS];

export const PAGES = [
  { key: 'home', to: '/overview', needs: 'own', letter: 'h' },
  { key: 'burn', to: '/', needs: 'burn', letter: 'b' },
  { key: 'buckets', to: '/buckets', needs: 'own', letter: 'k' },
  { key: 'people', to: '/people', needs: 'own', letter: 'p' },
  { key: 'seats', to: '/seats', needs: 'own', letter: 's' },
  { key: 'plan', to: '/plan', needs: 'estate', letter: 'l' },
  { key: 'gate', to: '/gate', needs: 'burn', letter: 'g' },
  { key: 'places', to: '/places', needs: 'estate', letter: 'c' },
  { key: 'reports', to: '/reports', needs: 'own', letter: 'r' },
  { key: 'alerts', to: '/alerts', needs: 'own', letter: 'a' },
  { key: 'sources', to: '/sources', needs: 'burn', letter: 'o' },
] as const satisfies readonly { key: keyof typeof words.shell.pages; to: string; needs: Needs; letter: string }[];

export type Page = (typeof PAGES)[number];

/** The pages that someone with these roles can read; all of them when a role is not known here. */
export function pagesFor(roles: readonly string[] | undefined): readonly Page[] {
  const known = roles?.filter((role) => KNOWN_ROLES.includes(role)) ?? [];
  if (known.length === 0 || known.length !== roles?.length) return PAGES;
  return PAGES.filter(({ needs }) => known.some((role) => READERS[needs].includes(role)));
}
