import type { Messages } from '../index';

const failures: Messages['signIn']['failures'] = {
  'wrong-password': {
    title: 'Name oder Passwort ist falsch',
    detail: 'Welches von beiden, erfährt niemand. Wer Faregate betreibt, kann ein anderes Passwort setzen.',
  },
  wait: {
    title: 'Zu viele Versuche sind fehlgeschlagen',
    detail: 'Wer rät, wartet jedes Mal etwas länger. Die Schaltfläche sagt, wann Sie es wieder versuchen können.',
  },
  'link-used': {
    title: 'Dieser Link ist verbraucht oder abgelaufen',
    detail: 'Jeder Link gilt einmal und nicht lange. Auf dem Server gibt `faregate sign-in` einen neuen aus.',
  },
  'provider-away': {
    title: 'Der Identitätsanbieter ist nicht erreichbar',
    detail: 'Versuchen Sie es gleich noch einmal, oder melden Sie sich anders an.',
  },
  'stale-sign-in': {
    title: 'Das hat zu lange gedauert oder begann in einem anderen Browser',
    detail: 'Beginnen Sie hier von vorn; es muss innerhalb von zehn Minuten fertig werden.',
  },
  'not-believed': {
    title: 'Der Antwort des Identitätsanbieters wird nicht geglaubt',
    detail: 'Wer Faregate betreibt, sollte sich `sign-in.toml` und die Uhren ansehen.',
  },
  'not-admitted': {
    title: 'Sie werden nicht eingelassen',
    detail:
      'Der Identitätsanbieter kennt Sie, aber nichts lässt Sie hier ein. Bitten Sie den Betreiber von Faregate um eine Rolle.',
  },
};

export const signIn: Messages['signIn'] = {
  title: 'Bei Faregate anmelden',
  loading: 'Fragt, wie man sich anmelden kann',
  provider: (label) => `Weiter mit ${label}`,
  or: 'oder',
  name: 'Name',
  password: 'Passwort',
  showPassword: 'Eingabe zeigen',
  submit: 'Anmelden',
  waiting: (seconds) => `Anmelden (in ${seconds} s)`,
  nameMissing: 'Schreiben Sie zuerst Ihren Namen.',
  passwordMissing: 'Schreiben Sie zuerst Ihr Passwort.',
  mustChange:
    'Dieses Passwort hat Ihnen jemand anderes gegeben. Wählen Sie eines, das nur Sie kennen; ab jetzt wird danach gefragt.',
  newPassword: 'Neues Passwort',
  newPasswordHelp: 'Mindestens 12 Zeichen. Mehrere Wörter sind gut; welche Zeichen, ist gleich.',
  newPasswordMissing: 'Wählen Sie ein neues Passwort mit mindestens 12 Zeichen.',
  changeAndSignIn: 'Ändern und anmelden',
  submitLink: 'Mit dem Link anmelden',
  byLink: 'Mit einem Einmal-Link anmelden',
  how: 'Beim Start gibt Faregate einen Link aus, der einmal gilt. Öffnen Sie ihn in diesem Browser, oder fügen Sie ihn hier ein.',
  where: 'Im Terminal sieht er so aus:',
  example: (origin) => `${origin}/sign-in?token=…`,
  another: 'Der Link ist verbraucht oder verloren? Auf dem Server gibt `faregate sign-in` einen neuen aus.',
  label: 'Link oder Code',
  description: 'Der ganze Link oder nur der Teil nach „token=“',
  empty: 'Fügen Sie zuerst den Link oder den Code ein.',
  documentTitle: 'Anmelden · Faregate',
  failures,
};
