import type { Messages } from '../index';

export const people: Messages['people'] = {
  title: 'Personen',
  table: 'Wer bekannt ist',
  search: 'Nach Name oder Schlüssel suchen',
  empty: {
    title: 'Noch ist niemand bekannt',
    detail:
      'Personen werden durch ein Verzeichnis, eine Bestandsdatei oder das erste Protokoll bekannt, das sie nennt.',
  },
  columns: { name: 'Name', key: 'Schlüssel', bucket: 'Bezahlt durch', groups: 'Gruppen', standing: 'Stellung' },
  groupBy: { bucket: 'Kontingent', group: 'Gruppe', kind: 'Stellung' },
  contractor: 'Extern',
  staff: 'Intern',
  until: (when) => `Zugang bis ${when}`,

  one: {
    back: 'Alle Personen',
    loading: 'Die Person wird geladen',
    unknown: (key) => `Niemand ist als ${key} bekannt`,
    unknownDetail: 'Die Person ist vielleicht unter einem anderen Namen bekannt, oder Sie dürfen sie nicht sehen.',
    about: 'Angaben',
    monthToDate: 'Kosten in diesem Monat',
    noBucket: 'Die nicht zugeteilten Token',
    names: 'Namen, unter denen Protokolle sie kennen',
    span: (from, until) => `(${from} – ${until})`,
    advice: 'Empfehlung',
    loadingAdvice: 'Die Empfehlung wird geladen',
    noAdvice: 'Es gibt keine: Zu wenig Nutzung ist bekannt, oder nichts wäre günstiger.',
    seats: 'Lizenzplätze',
    noSeats: 'Die Person hat keinen Lizenzplatz: Was sie öffnet, wird in Token belastet.',
    sessions: 'Offene Sitzungen',
    decisions: 'Was das Gate über sie entschied',
    noSessions: 'Nichts ist offen.',
  },
};

export const seats: Messages['seats'] = {
  title: 'Lizenzplätze',
  table: 'Abonnements innerhalb ihrer Laufzeit',
  search: 'Nach Produkt oder Inhaber suchen',
  state: 'Belegung',
  states: { free: 'Frei', held: 'Belegt' },
  groupBy: { offering: 'Produkt', state: 'Belegung', 'last-day': 'Letzter Tag' },
  free: 'Frei',
  neverUsed: 'Vom Gate nicht gesehen',
  empty: {
    title: 'Kein Lizenzplatz ist bekannt',
    detail: 'Lizenzplätze kommen mit einer Bestandsdatei: `faregate estate apply FILE`.',
  },
  columns: {
    offering: 'Produkt',
    seat: 'Platz',
    holder: 'Inhaber',
    lastUsed: 'Zuletzt genutzt',
    inUseOn: 'In Nutzung auf',
    from: 'Von',
    until: 'Bis',
  },
};
