import type { Messages } from '../index';
import { count } from './count';

export const imports: Messages['imports'] = {
  title: 'Was aufgenommen wurde',
  search: 'Arten und Dateien durchsuchen',
  columns: {
    number: 'Import',
    at: 'Wann',
    kind: 'Art',
    files: 'Dateien',
    sessions: 'Sitzungen',
    rejected: 'Abgewiesen',
    quarantined: 'Nicht belastet',
    by: 'Wer',
    state: 'Stand',
  },
  kinds: {
    flexnet: 'Protokoll des Lizenzservers',
    lmstat: 'Abfragen des Lizenzservers',
    cloudevents: 'Ereignisse',
    vendor: 'Bericht des Herstellers',
    'token-flex-sessions': 'Sitzungen des Herstellers',
    generated: 'Erfunden',
    agent: 'Agenten der Arbeitsplätze',
  },
  table: (name) => `Tabelle ${name}`,
  states: { stands: 'Zählt', undone: 'Zurückgenommen' },
  openNamed: (number, kind) => `Import ${number}, ${kind}`,
  empty: {
    title: 'Noch wurde nichts aufgenommen',
    detail:
      'Jedes Protokoll, jeder Export und jeder Stapel von Ereignissen, der aufgenommen wird, bekommt eine Nummer und einen Beleg und lässt sich zurücknehmen.',
  },

  one: (number) => `Import ${number}`,
  close: 'Den Import schließen',
  loading: 'Der Import wird geladen',
  unknown: 'Es gibt keinen Import mit dieser Nummer.',
  span: 'Nutzung',
  fromTo: (first, last) => `${first} bis ${last}`,
  counts: {
    sessions: (n, shown) => count(n, shown, 'Sitzung war neu', 'Sitzungen waren neu'),
    events: (n, shown) => count(n, shown, 'Ereignis wurde erkannt', 'Ereignisse wurden erkannt'),
    open: (n, shown) => count(n, shown, 'Sitzung lief am Ende noch', 'Sitzungen liefen am Ende noch'),
    closed: (n, shown) =>
      count(n, shown, 'Sitzung eines früheren Imports endete', 'Sitzungen früherer Importe endeten'),
    duplicates: (n, shown) => count(n, shown, 'Sitzung war schon da', 'Sitzungen waren schon da'),
    quarantined: (n, shown) =>
      count(n, shown, 'Sitzung wurde aufbewahrt und nicht belastet', 'Sitzungen wurden aufbewahrt und nicht belastet'),
    rejected: (n, shown) => count(n, shown, 'Zeile wurde abgewiesen', 'Zeilen wurden abgewiesen'),
    overlap: (n, shown) =>
      count(
        n,
        shown,
        'Nutzung meldet auch eine Quelle anderer Art',
        'Nutzungen meldet auch eine Quelle anderer Art',
      ),
    times: (n, shown) =>
      count(n, shown, 'davon beginnt oder endet dort anders', 'davon beginnen oder enden dort anders'),
    prices: (n, shown) =>
      count(
        n,
        shown,
        'Preis des Herstellers war nicht der unsere und gilt',
        'Preise des Herstellers waren nicht die unseren und gelten',
      ),
  },
  undone: (when, by, gone, kept) =>
    `Zurückgenommen, ${when}${by && ` von ${by}`}: entfallene Sitzungen ${gone}, gebliebene ${kept}.`,
  toUncharged: 'Was nicht belastet ist, und warum',
  toRejected: 'Die abgewiesenen Zeilen',

  undo: {
    look: 'Zurücknehmen…',
    lookHelp:
      'Zuerst wird gesagt, was wegfiele. Während das gerechnet wird, lässt das Gate niemanden durch: Sekunden bei einem großen Import.',
    noRight: 'Ihre Rolle darf keine Importe zurücknehmen.',
    undoneAlready: 'Er wurde schon zurückgenommen; seine Dateien lassen sich wieder bringen.',
    would: 'Wenn er zurückgenommen wird',
    done: 'Er wurde zurückgenommen',
    confirm: (number) => `Import ${number} jetzt zurücknehmen`,
    confirmHelp: 'Dieselben Dateien lassen sich wieder bringen.',
    keep: 'So lassen, wie es ist',
    sessions: (n, shown) =>
      count(n, shown, 'Sitzung, die sonst niemand meldet, entfällt', 'Sitzungen, die sonst niemand meldet, entfallen'),
    kept: (n, shown) =>
      count(n, shown, 'Sitzung bleibt: Ein anderer Import meldet sie', 'Sitzungen bleiben: Andere Importe melden sie'),
    reopened: (n, shown) => count(n, shown, 'Nutzung läuft wieder', 'Nutzungen laufen wieder'),
    reversed: (n, shown) => count(n, shown, 'Belastung wird zurückgenommen', 'Belastungen werden zurückgenommen'),
    charged: (n, shown) => count(n, shown, 'Belastung wird neu gemacht', 'Belastungen werden neu gemacht'),
    uncovered: (before, after) => `Token, die kein Kontingent deckt: vorher ${before}, nachher ${after}`,
    stays: 'Personen, Produkte und Feature-Codes, die er bekannt machte, bleiben bekannt.',
    noBucket: 'Kein Kontingent ändert sich.',
    buckets: 'Kontingente, die sich ändern',
    columns: {
      bucket: 'Kontingent',
      spent: 'Verbraucht vorher',
      spentAfter: 'Verbraucht nachher',
      available: 'Verfügbar vorher',
      availableAfter: 'Verfügbar nachher',
    },
  },

  uncharged: {
    title: 'Aufbewahrt, nicht belastet',
    loading: 'Es wird nach Nutzung gesucht, die nicht belastet ist',
    none: 'Alle aufgenommene Nutzung ist belastet oder liegt auf einem Platz.',
    detail: (n, shown) =>
      `${count(n, shown, 'Sitzung ist', 'Sitzungen sind')} aufbewahrt und nicht belastet. Nichts davon ist verloren, und nichts davon ist umsonst.`,
    columns: { name: 'Produkt oder Code', why: 'Grund', sessions: 'Sitzungen', first: 'Erste', last: 'Letzte' },
    whys: {
      'unknown-product': 'Produkt unbekannt',
      'no-rate': 'Kein Satz',
      'by-result': 'Nach Ergebnissen belastet',
      'unknown-person': 'Person unbekannt',
      doubted: 'Betrag nicht geglaubt',
      'known-by-now': 'Inzwischen bekannt',
    },
    helps: 'Was hilft',
    help: {
      'unknown-product':
        'nennen Sie das Produkt in einer Tabelle mit Zeilen `code,product,name`, und importieren Sie das Protokoll noch einmal mit ihr: `faregate import FILE --features TABLE`. Der Server darf währenddessen nicht laufen.',
      'no-rate':
        'ein Platz deckt es. Sätze stehen im Tarif, mit dem ein Vertrag beginnt: `faregate init --tariff FILE`.',
      'by-result':
        'bringen Sie den Bericht des Herstellers, der die Zahl der Ergebnisse nennt: `faregate import token-usage FILE`.',
      'unknown-person': 'sagen Sie, wessen Name es ist, `faregate person alias`, und bringen Sie den Bericht noch einmal.',
      doubted: 'berichtigen Sie den Bericht und bringen Sie ihn noch einmal.',
      'known-by-now': 'bringen Sie die Datei, die davon meldet, noch einmal.',
    },
  },

  rejected: {
    title: 'Abgewiesene Zeilen',
    count: (n, shown) => count(n, shown, 'Zeile', 'Zeilen'),
    detail:
      'Sie sehen nach Nutzung aus und lassen sich nicht lesen. Zuletzt gekommene stehen zuerst; ein Import auf der Befehlszeile beginnt die Liste von vorn.',
    search: 'Dateien, Gründe und Zeilen durchsuchen',
    columns: { file: 'Datei', line: 'Zeile', reason: 'Grund', text: 'Text' },
    empty: {
      title: 'Keine Zeile wurde abgewiesen',
      detail: 'Was sich in einem Protokoll oder Export nicht lesen ließ, stünde hier.',
    },
  },
};
