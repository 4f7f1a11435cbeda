import type { Messages } from '../index';
import { count } from './count';

export const files: Messages['files'] = {
  orDrop: 'oder hier ablegen',
  sending: (name) => `${name} wird gesendet`,
  sent: (part) => `${part} gesendet`,
  reading: (name) => `${name} wird gelesen; das dauert, so groß sie ist.`,
  another: 'Noch eine Datei bringen',
};

export const welcome: Messages['welcome'] = {
  title: 'Willkommen bei Faregate',
  lead: 'Die ersten Daten bringen',
  intro: 'Noch steht nichts in den Büchern. Wählen Sie, wie Sie beginnen: jeder Weg endet auf einem gefüllten Überblick.',
  more: 'Weitere Daten können Sie jederzeit bringen; was schon da ist, zählt nicht doppelt.',
  notYours: 'Noch steht nichts in den Büchern',
  notYoursDetail: 'Wer Faregate betreibt, bringt das erste Protokoll oder den ersten Export.',

  use: {
    title: 'Ein Protokoll oder der Export des Herstellers',
    detail:
      'Das Debug-Protokoll Ihres FlexNet-Lizenzservers (die Datei, die `lmgrd -l` oder `DEBUGLOG` nennt), der Bericht Token Usage aus Ihrem Konto beim Hersteller oder eine andere Datei mit Nutzung. Faregate erkennt sie am Inhalt. Das Report-Protokoll ist verschlüsselt und nicht lesbar.',
    zone: 'Zone der Uhr, die es schrieb',
    zoneHelp: 'Protokolle von Lizenzservern sagen es nicht.',
    choose: 'Datei wählen',
    large: 'Ein Protokoll von vielen Gigabyte geht auf dem Server schneller: `faregate import FILE`.',
    kind: 'Gelesen als',
    kinds: {
      flexnet: 'FlexNet-Protokoll',
      lmstat: 'Ausgabe von lmstat',
      cloudevents: 'CloudEvents',
      vendor: 'Bericht des Herstellers',
    },
    sessions: 'Neue Sitzungen',
    duplicates: 'Schon da',
    quarantined: 'Behalten, nicht berechnet',
    toDays: (from, to) => `Zum Verbrauch vom ${from} bis ${to}`,
    toUncharged: 'Zeigen, was nicht belastet ist, und warum',
    toImport: (number) => `Den Beleg zeigen, Import ${number}`,
    toRejected: 'Alle abgewiesenen Zeilen zeigen',
    unlisted: (why) => `Die zurückgewiesenen Zeilen konnten nicht aufgelistet werden: ${why}`,
  },
  demo: {
    title: 'Oder erst einmal umsehen',
    detail: 'Ein ausgedachter Bestand: Personen, Lizenzplätze, Kontingente und ihre Nutzung. Nur für leere Bücher.',
    size: 'Wie groß',
    small: 'Eine Abteilung: einige Dutzend Personen, ein paar Monate',
    large: 'Ein Unternehmen: einige hundert Personen, ein Jahr',
    start: 'Mit Beispieldaten füllen',
    filling: 'Personen und ihre Nutzung werden ausgedacht.',
    filled: (people, seats, sessions) =>
      `${people} Personen mit ${seats} Lizenzplätzen und ${sessions} Sitzungen wurden ausgedacht.`,
    warning: 'Es lässt sich nicht wieder herausnehmen: nehmen Sie danach für eigene Daten ein anderes Datenverzeichnis.',
  },
  done: {
    title: 'Das steht in den Büchern',
    nothing: 'Nichts davon ist Nutzung',
    toOverview: 'Zum Überblick',
    kept: (n, shown) => count(n, shown, 'Zeile wurde ausgelassen', 'Zeilen wurden ausgelassen'),
  },
  estate: {
    title: 'Personen, Kontingente und Lizenzplätze',
    detail:
      'Dateien, die heißen, was darin steht, etwa `people.csv`, `buckets.csv` oder `seats.csv`, oder eine TOML-Datei mit allem.',
    choose: 'Datei des Bestands wählen',
    would: 'Das würde sich ändern',
    apply: 'Aufnehmen',
    nothing: 'Nichts würde sich ändern: alles ist schon da.',
  },
  next: {
    title: 'Was als Nächstes kommt',
    loading: 'Sieht nach, was da ist',
    done: 'Erledigt',
    open: 'Offen',
    count: (shown) => `${shown} da`,
    steps: {
      contract: { title: 'Vertrag', why: 'Wann seine Laufzeit beginnt, und wo seine Tage zählen.' },
      prices: { title: 'Preise', why: 'Der Tarif sagt, was Produkte an Token kosten.' },
      packs: { title: 'Was Sie gekauft haben', why: 'Ohne Pakete gilt alle Nutzung als ungedeckt.', how: 'Paket aufnehmen' },
      buckets: { title: 'Kontingente', why: 'Jede Abteilung oder jedes Projekt mit eigenem Budget.', how: 'Datei bringen' },
      people: {
        title: 'Personen',
        why: 'Namen, Abteilungen und wer zahlt, neben den Logins eines Protokolls.',
        how: 'Datei bringen',
      },
      seats: { title: 'Lizenzplätze', why: 'Wer ein Abonnement hat, kostet keine Token.', how: 'Datei bringen' },
      deciders: {
        title: 'Wer entscheidet',
        why: 'Wer Anträge auf Token beantwortet, wo kein Eigentümer eines Kontingents es tut.',
        how: 'Festlegen',
      },
      use: { title: 'Nutzung', why: 'Ohne Nutzung kein Verbrauch, keine Prognose und kein Rat.', how: 'Protokoll bringen' },
      sources: {
        title: 'Quellen',
        why: 'Bringen Nutzung von selbst: ein Protokoll, dem gefolgt wird, ein Ordner, die API des Herstellers. Sie stehen in `sources.toml`.',
      },
      accounts: { title: 'Wer hereinkommt', why: 'Konten für Ihre Kollegen, jedes mit einer Rolle.', how: 'Konto anlegen' },
      rules: { title: 'Was beobachtet wird', why: 'Warnregeln, an der Vergangenheit erprobt, ehe sie gelten.', how: 'Regeln hinzufügen' },
      agents: { title: 'Arbeitsplätze', why: 'Ein Agent fragt, bevor Token ausgegeben werden.', how: 'Code erstellen' },
    },
  },
};
