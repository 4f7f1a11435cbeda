import type { Messages } from '../index';

export const gate: Messages['gate'] = {
  title: 'Gate',

  explain: {
    title: 'Warum wurde so entschieden?',
    label: 'Entscheidung oder Sitzung',
    help: 'Die Nummer aus der Antwort, etwa 175, oder die Kennung einer Sitzung, etwa s153',
    submit: 'Erklären',
    none: 'Schreiben Sie zuerst eine Nummer.',
    notOne: 'Das ist keine Nummer einer Entscheidung.',
    loading: 'Die Entscheidung wird geladen',
    head: (number, when) => `Entscheidung ${number}, ${when}`,
    opened: 'Durchgelassen',
    remedies: 'Was hilft',
    holds: 'Heute aus dem Journal nachgerechnet, ist sie dieselbe.',
    differs: (now) => `Heute aus dem Journal nachgerechnet, wäre sie: ${now}. Führen Sie \`faregate doctor\` aus.`,
    facts: 'Die Tatsachen, auf die es ankam',
    fact: 'Betrachtet',
    found: 'Gefunden',
    names: {
      tariff: 'Tarif',
      rules: 'Regeln',
      product: 'Produkt',
      person: 'Person',
      access: 'Zugang',
      groups: 'Gruppen',
      place: 'Ort',
      seat: 'Lizenzplatz',
      rate: 'Satz',
      unit: 'Einheit',
      policy: 'Richtlinie',
      cap: 'Obergrenze',
      bucket: 'Kontingent',
    },
  },

  now: {
    title: 'Zurzeit durch das Gate',
    open: (shown) => `${shown} offen`,
    loading: 'Die offenen Sitzungen werden geladen',
    why: 'Grund',
    explain: 'Erklären',
    explainNamed: (person, product) => `${product} von ${person} erklären`,
  },

  refusals: {
    title: 'Was das Gate antworten kann',
    search: 'Ablehnungen durchsuchen',
    loading: 'Die Ablehnungen werden geladen',
    columns: { code: 'Code', detail: 'Was er besagt', transient: 'Vergeht', remedies: 'Was hilft' },
    passes: 'Von selbst',
    stays: 'Nicht von selbst',
  },
};
