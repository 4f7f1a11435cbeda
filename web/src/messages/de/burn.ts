import type { Messages } from '../index';
import { count, plural } from './count';

/** The one way by which tokens that were bought become known. */
const enterTokens =
  'beginnen Sie den Vertrag mit `faregate init --tokens N --from DATE` in einem neuen Datenverzeichnis und importieren Sie erneut.';

export const burn: Messages['burn'] = {
  title: 'Verbrauch',
  asOf: (when, zone) => `Stand ${when} · Zeiten in ${zone}`,
  price: (price) => `${price} je Token`,

  tiles: {
    label: 'Kennzahlen',
    left: 'Verbleibende Token',
    nonePurchased: 'keine erfasst; „Pakete“ sagt, wie es geht',
    ofPurchased: (purchased) => `von ${purchased} gekauften`,
    held: (held) => `${held} reserviert`,
    available: (available) => `${available} verfügbar`,
    meter: 'Verbleibende der gekauften Token',
    meterValue: (left, purchased) => `${left} von ${purchased}`,
    today: 'Heute verbraucht',
    usual: (mean, low, high) => `um diese Uhrzeit üblich: ${mean} (${low} – ${high})`,
    beforeMonth: (shown) => `${shown} im Vormonat bis zum selben Zeitpunkt`,
    yesterday: 'Gestern',
    month: 'Dieser Monat',
    projected: 'Prognose bis Monatsende',
    range: (low, high) => `${low} – ${high} wahrscheinlich`,
    method: 'Wie diese Prognose entsteht',
    sessions: 'Zurzeit offene Sitzungen',
    sessionsLink: 'Anzeigen, wer',
    unclosed: (shown) => `${shown} im Protokoll nicht geschlossen`,
    loading: 'Die Kennzahlen werden geladen',
  },

  uncovered: {
    title: (shown, n) => `${count(n, shown, 'Token ist', 'Token sind')} nicht gedeckt`,
    detail: `Diese Nutzung wurde belastet, obwohl weder ein Kontingent noch ein Paket sie decken konnte. Falls Sie Token besitzen, die Faregate nicht kennt: ${enterTokens}`,
    tile: (shown) => `${shown} nicht gedeckt`,
  },

  quarantined: {
    title: (shown, n) =>
      `${count(n, shown, 'Sitzung ist', 'Sitzungen sind')} aufbewahrt, aber nicht belastet`,
    detail: (n) =>
      plural.select(n) === 'one'
        ? 'Ihr Produkt ist unbekannt, oder der Tarif kennt keinen Satz dafür. Der Import hat es genannt.'
        : 'Ihre Produkte sind unbekannt, oder der Tarif kennt keinen Satz dafür. Der Import hat sie genannt.',
  },

  stale: 'Diese Zahlen sind nicht vollständig',

  range: {
    label: 'Angezeigte Tage',
    printed: (from, to) => `Angezeigte Tage: ${from} bis ${to}`,
    presets: {
      '7d': '7 Tage',
      '28d': '28 Tage',
      '90d': '90 Tage',
      '365d': '365 Tage',
      mtd: 'Laufender Monat',
    },
    from: 'Von',
    to: 'Bis',
    backwards: 'Der erste Tag darf nicht nach dem letzten liegen.',
    tooLong: (days) => `Höchstens ${days} Tage können zugleich angezeigt werden.`,
  },

  daily: {
    title: 'Verbrauch nach Tag',
    total: 'in diesem Zeitraum',
    loading: 'Der Verbrauch nach Tag wird geladen',
    viewAs: 'Anzeigen als',
    viewAsChart: 'Als Diagramm anzeigen',
    viewAsTable: 'Als Tabelle anzeigen',
    chart: 'Diagramm',
    table: 'Tabelle',
    plan: 'Plan',
    totalColumn: 'Summe',
    day: 'Tag',
    chartLabel: (from, to) => `Diagramm der verbrauchten Token nach Tag und Produkt, ${from} bis ${to}`,
    chartKeys: 'Mit den Pfeiltasten links und rechts lesen Sie einen Tag nach dem anderen.',
    tableLabel: (from, to) => `Verbrauchte Token nach Tag und Produkt, ${from} bis ${to}`,
    axis: 'Token',
    legend: 'Produkte im Diagramm',
    readOut: (day, parts) => `${day}: ${parts.length === 0 ? 'nichts verbraucht' : parts.join(', ')}`,
    part: (name, shown) => `${name} ${shown}`,
    emptyTitle: (from, to) => `Keine Nutzung zwischen ${from} und ${to}`,
    emptyDetail:
      'Faregate zeigt Nutzung, sobald es ein Lizenzprotokoll gelesen hat oder eine Sitzung darüber geöffnet wurde. Um das Protokoll eines FlexNet-Servers zu lesen oder einen Beispielvertrag zu füllen, führen Sie einen dieser Befehle aus:',
    emptyImport: 'faregate import flexnet FILE --zone Europe/Madrid',
    emptyDemo: 'make demo',
    usageDetail: (from, to) =>
      from === to ? `Ihre Nutzung liegt am ${from}.` : `Ihre Nutzung reicht von ${from} bis ${to}.`,
    usageShow: (from, to) => (from === to ? `${from} anzeigen` : `${from} bis ${to} anzeigen`),
  },

  forecast: {
    title: 'Was zu erwarten ist',
    viewAs: 'Die kommenden Tage anzeigen als',
    viewAsChart: 'Die kommenden Tage als Diagramm anzeigen',
    viewAsTable: 'Die kommenden Tage als Tabelle anzeigen',
    loading: 'Die Prognose wird geladen',
    withheld: 'Die Prognose des Vertrags ist denen vorbehalten, die ihn besitzen oder betreiben.',
    emptyTitle: 'Noch lässt sich nichts sagen',
    emptyDetail: 'Eine Prognose stützt sich auf Tage mit Nutzung. Sie erscheint hier, sobald Nutzung eingelesen wurde.',
    monthEnd: 'Dieser Monat endet bei',
    usedUp: 'Die Token sind aufgebraucht am',
    notInTerm: 'Nicht vor Ende der Laufzeit',
    termEnd: (last) => `Noch zu erwarten bis ${last}`,
    left: (left) => `${left} verbleiben, wenn nichts zugekauft wird`,
    fourInFive: (low, high) => `in 4 von 5 Fällen: ${low} – ${high}`,
    later: 'nach der Laufzeit',
    chartLabel: (from, to) => `Diagramm der erwarteten Token nach Tag, ${from} bis ${to}`,
    tableLabel: (from, to) => `Erwartete Token nach Tag, ${from} bis ${to}`,
    expected: 'Erwartet',
    history: (days, shown) => `Gelernt aus ${count(days, shown, 'Tag', 'Tagen')} mit Nutzung.`,
    past: 'Wie gut frühere Prognosen waren',
    pastOf: (n, shown, span) => `${count(n, shown, 'frühere Prognose', 'frühere Prognosen')} über ${span}`,
    pastError: (error) => `mittlerer Fehler ${error}`,
    pastHeld: (held) => `der Bereich für 4 von 5 traf in ${held} zu`,
    noPast: 'Noch ist keine Prognose alt genug, um sie mit dem zu vergleichen, was kam.',
  },

  ranking: {
    persons: 'Personen mit dem höchsten Verbrauch',
    products: 'Produkte mit dem höchsten Verbrauch',
    loadingPersons: 'Die Personen mit dem höchsten Verbrauch werden geladen',
    loadingProducts: 'Die Produkte mit dem höchsten Verbrauch werden geladen',
    emptyPersons: 'In diesem Zeitraum hat niemand Token verbraucht.',
    emptyProducts: 'In diesem Zeitraum hat kein Produkt Token verbraucht.',
    name: { person: 'Person', product: 'Produkt' },
    tokens: 'Token',
    share: 'Anteil',
    charges: 'Belastungen',
  },

  buckets: {
    title: 'Kontingente',
    loading: 'Die Kontingente werden geladen',
    unallocated: (shown) => `${shown} nicht zugeteilt`,
    empty:
      'Der Bestand ist nicht in Kontingente geteilt. Alle Nutzung wird den nicht zugeteilten Token belastet.',
    spent: 'verbraucht',
    held: 'reserviert',
    available: 'verfügbar',
    overdrawn: 'überzogen',
    uncovered: 'nicht gedeckt',
    row: (available, allocated) => `${available} von ${allocated} verfügbar`,
  },

  packs: {
    title: 'Pakete',
    loading: 'Die Pakete werden geladen',
    empty: `Es ist kein Paket erfasst. Ohne Paket bleibt jede Belastung ungedeckt. Um Ihre Token zu erfassen, ${enterTokens}`,
    remaining: (remaining, bought) => `${remaining} von ${bought} übrig`,
    expires: (when, relative) => `Läuft ab am ${when}, ${relative}`,
    expired: (when) => `Abgelaufen am ${when}`,
    starts: (when) => `Beginnt am ${when}`,
    soon: 'Läuft bald ab',
    over: 'Abgelaufen',
    meter: (name) => `Verbleibende Token von ${name}`,
  },

  sessions: {
    title: 'Zurzeit offene Sitzungen',
    loading: 'Die offenen Sitzungen werden geladen',
    filter: 'Sitzungen filtern',
    filterPlaceholder: 'Person, Produkt, Rechner oder Kontingent',
    columns: {
      person: 'Person',
      product: 'Produkt',
      host: 'Rechner',
      opened: 'Geöffnet',
      seen: 'Zuletzt gesehen',
      paid: 'Bezahlt durch',
      tokens: 'Token',
    },
    seat: 'Lizenzplatz',
    pool: 'Token',
    log: 'Protokoll des Lizenzservers',
    unclosed: 'im Protokoll nicht geschlossen',
    unclosedCount: (shown) => `${shown} im Protokoll nicht geschlossen`,
    tokensOf: (bucket) => `Token aus ${bucket}`,
    emptyTitle: 'Keine Sitzung ist offen',
    emptyDetail: 'Hier erscheint eine Sitzung, sobald ein Produkt geöffnet wird und Faregate davon erfährt.',
    noMatch: (filter) => `Keine offene Sitzung passt zu „${filter}“.`,
    clear: 'Filter löschen',
    shown: (shown, n, total) => `${shown} von ${count(n, total, 'Sitzung', 'Sitzungen')}`,
    loadedOnly: (loaded) => `Der Filter durchsucht die bisher geladenen ${loaded} Sitzungen.`,
    matching: (shown, n, total) => `${shown} von ${count(n, total, 'Sitzung', 'Sitzungen')} passen zum Filter`,
    printed: (filter) => `Filter: ${filter}`,
    more: 'Mehr anzeigen',
  },
};
