import type { Messages } from '../index';

export const access: Messages['access'] = {
  roles: {
    administrator: 'Administration',
    'licence-manager': 'Lizenzverwaltung',
    approver: 'Freigabe',
    procurement: 'Einkauf',
    viewer: 'Revision',
    member: 'Mitglied',
    workstation: 'Arbeitsplatz',
    collector: 'Sammler',
  },
  menu: {
    signIns: 'Wo ich angemeldet bin',
    password: 'Mein Passwort ändern',
  },
  signIns: {
    title: 'Wo ich angemeldet bin',
    close: 'Schließen',
    loading: 'Lädt, wo Sie angemeldet sind',
    current: 'Dieser Browser',
    other: 'Ein anderer Browser',
    ends: (when) => `endet am ${when}`,
    help: 'Eine Anmeldung, die Sie nicht kennen, kann die eines anderen sein: Melden Sie sich überall ab, und ändern Sie Ihr Passwort.',
    everywhere: 'Überall abmelden',
  },
  password: {
    title: 'Mein Passwort ändern',
    current: 'Bisheriges Passwort',
    submit: 'Ändern',
    currentMissing: 'Schreiben Sie zuerst das Passwort, das Sie haben.',
    done: 'Ihr Passwort wurde geändert. Jeder andere Browser wurde abgemeldet.',
    ends: 'Jeder andere Ihrer Browser wird dadurch abgemeldet.',
  },
};
