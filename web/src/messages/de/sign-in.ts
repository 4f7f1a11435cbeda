import type { Messages } from '../index';

export const signIn: Messages['signIn'] = {
  title: 'Bei Faregate anmelden',
  how: 'Beim Start gibt Faregate einen Link aus, der einmal gilt. Öffnen Sie ihn in diesem Browser, oder fügen Sie ihn hier ein.',
  where: 'Im Terminal sieht er so aus:',
  example: (origin) => `${origin}/sign-in?token=…`,
  another: 'Der Link ist verbraucht oder verloren? Auf dem Server gibt `faregate sign-in` einen neuen aus.',
  staleTitle: 'Dieser Link ist verbraucht oder abgelaufen',
  staleDetail: 'Jeder Link gilt einmal und nicht lange. Auf dem Server gibt `faregate sign-in` einen neuen aus.',
  label: 'Link oder Code',
  description: 'Der ganze Link oder nur der Teil nach „token=“',
  submit: 'Anmelden',
  empty: 'Fügen Sie zuerst den Link oder den Code ein.',
  documentTitle: 'Anmelden · Faregate',
};
