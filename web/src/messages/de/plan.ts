import type { Messages } from '../index';
import { count } from './count';

export const plan: Messages['plan'] = {
  advice: {
    left: 'Lizenzplatz zurücknehmen',
    stay: 'So lassen',
    seat: (offering) => `Lizenzplatz für ${offering} geben`,
    tokens: (offering) => `Für ${offering} auf Token umstellen`,
  },
  use: (days, shown) => `Öffnet es an ${count(days, shown, 'Tag', 'Tagen')} im Jahr.`,
  useAgainst: (days, shown, even) =>
    `Öffnet es an ${count(days, shown, 'Tag', 'Tagen')} im Jahr; ein Lizenzplatz lohnt sich ab ${even}.`,
  odds: (share) => `Der andere Weg ist in ${share} der Fälle günstiger.`,
  idle: (days, shown) => `Zuletzt vor ${count(days, shown, 'Tag', 'Tagen')} geöffnet.`,
  stays: {
    'as-it-is': 'Der jetzige Weg ist der günstigere.',
    unsure: 'Es ist nicht sicher genug, dass der andere Weg günstiger ist.',
    'not-worth-it': 'Die Ersparnis wiegt die Umstellung nicht auf.',
    'too-little-known': 'Es ist zu wenig Nutzung bekannt, um mehr zu sagen.',
    kept: 'Die Person soll bleiben, was sie ist.',
    'not-on-tokens': 'Das Produkt lässt sich nicht mit Token öffnen.',
    'shared-login': 'Mehrere Personen teilen sich diese Anmeldung.',
    'service-account': 'Das Konto gehört keiner Person.',
    contractor: 'Externe bleiben bei Token.',
    region: 'Lizenzplätze dürfen am Standort der Person nicht genutzt werden.',
  },
  costs: (tokens, seat) => `${tokens} im Jahr mit Token, ${seat} im Jahr für einen Lizenzplatz.`,
};
