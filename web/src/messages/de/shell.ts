import type { Messages } from '../index';

export const shell: Messages['shell'] = {
  skip: 'Zum Inhalt springen',
  navigation: 'Seiten',
  pages: {
    home: 'Überblick',
    me: 'Meine Nutzung',
    burn: 'Verbrauch',
    buckets: 'Kontingente',
    people: 'Personen',
    seats: 'Lizenzplätze',
    plan: 'Planung',
    gate: 'Gate',
    places: 'Orte',
    reports: 'Berichte',
    alerts: 'Warnungen',
    settings: 'Einstellungen',
    sources: 'Quellen',
  },
  openMenu: 'Seitenliste öffnen',
  closeMenu: 'Seitenliste schließen',
  openAlerts: (shown) => `${shown} offen`,
  contract: 'Vertrag',
  menu: (name) => `Konto: ${name}`,
  language: 'Sprache',
  signOut: 'Abmelden',
  documentTitle: (page) => `${page} · Faregate`,
  loading: 'Faregate wird geladen',
  notFoundTitle: 'Diese Seite gibt es nicht',
  notFoundDetail: 'Vielleicht ist die Adresse vertippt, oder die Seite gehört zu einer anderen Version.',
  notFoundAction: 'Zum Überblick',
  errorTitle: 'Diese Seite funktioniert nicht mehr',
  errorDetail:
    'Neu laden hilft meistens. Wenn es wieder geschieht, melden Sie bitte, was Sie unmittelbar zuvor getan haben.',
  reload: 'Neu laden',
};

export const live: Messages['live'] = {
  connecting: 'Verbindet',
  connected: 'Live',
  reconnecting: 'Verbindet neu',
  asking: 'Alle 15 s',
  askingHelp: 'Was Ihnen gehört, wird alle 15 Sekunden neu gefragt.',
  connectedHelp: 'Die Zahlen ändern sich, sobald etwas gebucht wird.',
  connectingHelp: 'Die Live-Verbindung zum Server wird aufgebaut.',
  reconnectingHelp:
    'Die Live-Verbindung ist unterbrochen. Die Zahlen auf dieser Seite können veraltet sein; Faregate versucht es weiter.',
};

export const scheme: Messages['scheme'] = {
  label: 'Farben',
  light: 'Hell',
  dark: 'Dunkel',
  auto: 'Wie das System',
  current: (scheme) => `Farben: ${scheme}`,
};

export const palette: Messages['palette'] = {
  open: 'Suche und Befehle',
  label: 'Seiten, Personen, Kontingente, Produkte und Befehle suchen',
  placeholder: 'Wohin, oder was ist zu tun?',
  results: 'Gefunden',
  none: (text) => `Nichts heißt „${text}“.`,
  searching: 'Sucht',
  groups: { pages: 'Seiten', people: 'Personen', buckets: 'Kontingente', products: 'Produkte', actions: 'Befehle' },
  colours: (scheme) => `Farben: ${scheme}`,
  language: (name) => `Sprache: ${name}`,
  shortcuts: 'Tastenkürzel anzeigen',
  close: 'Schließen',
};

export const shortcuts: Messages['shortcuts'] = {
  title: 'Tastenkürzel',
  close: 'Schließen',
  palette: 'Suche und Befehle',
  help: 'Diese Liste',
  filter: 'Zum Filter der Tabelle',
  go: (page) => `Zu ${page}`,
  then: 'dann',
  keys: 'Tasten',
  does: 'Wirkung',
  enabled: 'Einzelne Tasten verwenden',
  enabledHelp:
    'Schalten Sie dies aus, wenn die Tasten einen Bildschirmleser oder ein Diktat stören. Strg K gilt immer.',
};
