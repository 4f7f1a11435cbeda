import type { Messages } from '../index';

export const sources: Messages['sources'] = {
  title: 'Quellen',
  loading: 'Die Quellen werden geladen',
  bring: 'Ein Protokoll, einen Export oder eine Datei des Bestands bringen',
  table: 'Quellen der Nutzung',
  columns: {
    source: 'Quelle',
    lastData: 'Letzte Daten',
    lag: 'Rückstand',
    state: 'Zustand',
    lastImport: 'Letzter Beleg',
    why: 'Grund',
  },
  kinds: {
    'licence-server-log': 'Protokoll des Lizenzservers',
    'licence-server-polls': 'Abfragen des Lizenzservers',
    vendor: 'Hersteller',
    table: 'Tabelle',
    staff: 'Personalliste',
  },
  states: {
    importing: 'Importiert',
    stable: 'Stabil',
    warning: 'Warnung',
    ended: 'Beendet',
  },
  stale: 'veraltet',
  atWork: (names) => `Wird gerade aufgenommen: ${names}. Zahlen ändern sich, wenn das fertig ist, alle zugleich.`,
  none: '–',
  receipt: (number, when) => `${number}, ${when}`,
  emptyTitle: 'Noch meldet keine Quelle Nutzung',
  emptyDetail:
    'Importieren Sie eine Datei einmalig mit `faregate import`, oder schreiben Sie eine Datei mit Quellen und starten Sie den Server mit `faregate serve --sources FILE`.',
};
