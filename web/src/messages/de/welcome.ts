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

  log: {
    title: 'Das Protokoll eines Lizenzservers',
    detail:
      'Das Debug-Protokoll Ihres FlexNet-Lizenzservers: die Datei, die `lmgrd -l` oder `DEBUGLOG` nennt. Das Report-Protokoll ist verschlüsselt und nicht lesbar.',
    zone: 'Zone, in der seine Uhr läuft',
    choose: 'Protokoll wählen',
    large: 'Ein Protokoll von vielen Gigabyte geht auf dem Server schneller: `faregate import flexnet FILE`.',
  },
  export: {
    title: 'Der Export des Herstellers',
    detail: 'Der Bericht Token Usage aus Ihrem Konto beim Hersteller, als CSV, mit der Spalte der Benutzernamen.',
    choose: 'Export wählen',
  },
  demo: {
    title: 'Erst einmal umsehen',
    detail: 'Ein ausgedachter Bestand: Personen, Lizenzplätze, Kontingente und ein Jahr Nutzung. Nur für leere Bücher.',
    start: 'Mit Beispieldaten füllen',
    filling: 'Ein Jahr Nutzung wird ausgedacht; das dauert keine Minute.',
    warning: 'Es lässt sich nicht wieder herausnehmen: nehmen Sie danach für eigene Daten ein anderes Datenverzeichnis.',
  },
  done: {
    title: 'Das steht in den Büchern',
    toOverview: 'Zum Überblick',
    kept: (n, shown) => count(n, shown, 'Zeile konnte nicht berechnet werden', 'Zeilen konnten nicht berechnet werden'),
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
    steps: {
      packs: { title: 'Was Sie gekauft haben', why: 'Ohne Pakete gilt alle Nutzung als ungedeckt.', how: 'Ein Paket aufnehmen' },
      buckets: { title: 'Kontingente', why: 'Jede Abteilung oder jedes Projekt mit eigenem Budget.', how: 'Unten eine Datei bringen' },
      people: { title: 'Personen', why: 'Namen, Abteilungen und wer zahlt, neben den Logins eines Protokolls.', how: 'Unten eine Datei bringen' },
      seats: { title: 'Lizenzplätze', why: 'Wer ein Abonnement hat, kostet keine Token.', how: 'Unten eine Datei bringen' },
      accounts: { title: 'Wer hereinkommt', why: 'Konten für Ihre Kollegen, jedes mit einer Rolle.', how: 'Konto anlegen' },
      rules: { title: 'Was beobachtet wird', why: 'Warnregeln, an der Vergangenheit erprobt, ehe sie gelten.', how: 'Regeln hinzufügen' },
      agents: { title: 'Arbeitsplätze', why: 'Ein Agent fragt, bevor Token ausgegeben werden.', how: 'Code erstellen' },
    },
  },
};
