import type { Messages } from '../index';

export const home: Messages['home'] = {
  title: 'Überblick',
  decisions: 'Was zu entscheiden ist',
  loadingDecisions: 'Was zu entscheiden ist, wird geladen',
  noDecisions: 'Nichts wartet auf eine Entscheidung',
  noDecisionsDetail:
    'Hier erscheinen Warnungen, die niemand übernommen hat, Anträge auf Token und Umstellungspläne.',
  alert: 'Warnung',
  request: 'Antrag',
  plan: 'Plan',
  saves: (name, saving) => `${name} spart ${saving} im Jahr`,
  lookAtAlert: 'Übernehmen',
  answer: 'Antworten',
  decide: 'Entscheiden',
  standing: 'Wie es um die Token steht',
  allAlerts: 'Alle Warnungen',
  allRequests: 'Alle Anfragen',
  allPlans: 'Alle Pläne',
  missing: (what) => `Was den Büchern als Nächstes fehlt: ${what}`,
  burn: 'Verbrauch am Tag gegen den Plan',
  burnTable: 'Als Tabelle',
  toBurn: 'Verbrauch im Einzelnen',
  events: 'Was mit Token geschieht',
  loadingEvents: 'Was mit Token geschah, wird geladen',
  noEvents: 'In den letzten Wochen wurde nichts gekauft, übertragen oder verloren.',
  ends: (pack, left, when) => `${left} aus ${pack} enden am ${when}.`,
};
