import type { Messages } from '../index';

export const shell: Messages['shell'] = {
  skip: 'Zum Inhalt springen',
  navigation: 'Seiten',
  burn: 'Verbrauch',
  sources: 'Quellen',
  alerts: 'Warnungen',
  openAlerts: (shown) => `${shown} offen`,
  contract: 'Vertrag',
  menu: (name) => `Konto: ${name}`,
  language: 'Sprache',
  signOut: 'Abmelden',
  roles: (roles) => `Angemeldet als ${roles}`,
  documentTitle: (page) => `${page} · Faregate`,
  loading: 'Faregate wird geladen',
  notFoundTitle: 'Diese Seite gibt es nicht',
  notFoundDetail: 'Vielleicht ist die Adresse vertippt, oder die Seite gehört zu einer anderen Version.',
  notFoundAction: 'Zum Verbrauch',
  errorTitle: 'Diese Seite funktioniert nicht mehr',
  errorDetail:
    'Neu laden hilft meistens. Wenn es wieder geschieht, melden Sie bitte, was Sie unmittelbar zuvor getan haben.',
  reload: 'Neu laden',
};

export const live: Messages['live'] = {
  connecting: 'Verbindet',
  connected: 'Live',
  reconnecting: 'Verbindet neu',
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
