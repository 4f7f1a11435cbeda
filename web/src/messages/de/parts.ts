import type { Messages } from '../index';
import { count } from './count';

export const problem: Messages['problem'] = {
  title: 'Die Anfrage ist fehlgeschlagen',
  unreachable: {
    title: 'Faregate ist nicht erreichbar',
    detail: 'Der Server antwortet diesem Browser nicht.',
    help: 'Prüfen Sie, ob Faregate läuft und das Netz verfügbar ist, und versuchen Sie es erneut.',
  },
  unreadable: {
    title: 'Die Antwort ist nicht lesbar',
    detail: 'Der Server hat mit etwas geantwortet, das kein JSON ist.',
    help: 'Möglicherweise hat ein Proxy zwischen diesem Browser und Faregate die Antwort ersetzt.',
  },
  status: (status) => `Der Server hat mit Status ${status} geantwortet.`,
  code: (code) => `Code: ${code}`,
  notReady: 'Noch lässt sich nichts sagen',
  retry: 'Erneut versuchen',
  stale: 'Diese Zahlen konnten gerade nicht aktualisiert werden.',
  unexpected: 'Etwas Unerwartetes ist geschehen',
};

export const units: Messages['units'] = {
  tokens: (n, shown) => count(n, shown, 'Token', 'Token'),
  charges: (n, shown) => count(n, shown, 'Belastung', 'Belastungen'),
  days: (n, shown) => count(n, shown, 'Tag', 'Tage'),
};

export const copying: Messages['copying'] = {
  copy: 'Befehl kopieren',
  copied: 'Kopiert',
};

export const table: Messages['table'] = {
  loading: (label) => `Wird geladen: ${label}`,
  any: 'Alle',
  clear: 'Filter löschen',
  columns: 'Spalten',
  views: 'Ansichten',
  noViews:
    'Noch ist keine Ansicht gespeichert. Eine Ansicht behält die Filter und Spalten dieser Tabelle in diesem Browser.',
  viewName: 'Name dieser Ansicht',
  save: 'Speichern',
  forget: (name) => `Ansicht ${name} vergessen`,
  filtered: (label, value) => `${label}: ${value}`,
  noMatch: 'Nichts passt',
  noMatchDetail: 'Die Filter lassen keine Zeile übrig. Löschen Sie sie, um alle zu sehen.',
  more: (shown) => `Bisher ${shown} Zeilen; beim Blättern kommen weitere.`,
  all: (n, shown) => count(n, shown, 'Zeile', 'Zeilen'),
  printedSome: (shown, canExport) =>
    canExport ? `Die ersten ${shown} Zeilen; alle stehen in der Datei, die „Mitnehmen“ gibt.` : `Die ersten ${shown} Zeilen.`,
  sortBy: (column) => `Nach ${column} sortieren`,
  groupBy: 'Gruppieren nach',
  ungrouped: 'Nichts',
  ungroupedRows: 'Ohne',
  groups: (n, shown) => count(n, shown, 'Gruppe', 'Gruppen'),
  saves: (amount) => `Wechsel sparen ${amount} im Jahr`,
  waitingFor: (group) => `Die Zeilen von ${group} werden geladen`,
  export: 'Mitnehmen',
  exportHelp: 'Alle Zeilen, die die Filter übrig lassen, in der gezeigten Ordnung.',
  exports: { csv: 'Tabelle (CSV)', xlsx: 'Arbeitsmappe (XLSX)' },
  exported: (file) => `${file} liegt in Ihren Downloads.`,
  none: '–',
};

export const heatMap: Messages['heatMap'] = {
  keys: 'Die Pfeiltasten gehen von Feld zu Feld; jedes wird vorgelesen.',
  point: 'Zeigen Sie auf ein Feld oder gehen Sie mit den Pfeiltasten hin, um es zu lesen.',
};
