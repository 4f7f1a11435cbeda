/** What is known of a breach, in words. */
import type { PlaceBreach, Territory } from '../../api/types';
import { countryName } from '../../format';
import { words } from '../../messages';

const say = words.places.breaches;

export const TONES: Record<string, 'plain' | 'warn' | 'bad'> = {
  quarantined: 'warn',
  quarantine: 'warn',
  refused: 'bad',
  refuse: 'bad',
};

/** Where it was, as far as somebody can tell. */
export function placeOf({ site, country, region }: PlaceBreach['place']): string {
  const names = [site, country && countryName(country), region].filter(Boolean);
  return names.join(', ') || words.places.use.unknown;
}

/** What speaks for the place. */
export function evidenceOf({ address, country, site }: PlaceBreach['evidence']): string {
  const said = [
    address && say.fromAddress(address),
    country && say.fromCountry(countryName(country)),
    site && say.fromSite(site),
  ].filter(Boolean);
  return said.join(', ') || say.noEvidence;
}

export function allowedIn(territory: Territory | null | undefined): string {
  return territory ? territory.allowed.map(countryName).join(', ') : words.table.none;
}
