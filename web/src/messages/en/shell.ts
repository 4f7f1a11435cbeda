export const shell = {
  skip: 'Skip to the content',
  navigation: 'Pages',
  burn: 'Burn',
  sources: 'Sources',
  alerts: 'Alerts',
  openAlerts: (shown: string) => `${shown} open`,
  contract: 'Contract',
  menu: (name: string) => `Account: ${name}`,
  language: 'Language',
  signOut: 'Sign out',
  roles: (roles: string) => `Signed in as ${roles}`,
  documentTitle: (page: string) => `${page} · Faregate`,
  loading: 'Loading Faregate',
  notFoundTitle: 'There is no such page',
  notFoundDetail: 'The address may be mistyped, or the page may belong to another version.',
  notFoundAction: 'Go to Burn',
  errorTitle: 'This page has stopped working',
  errorDetail: 'Reloading usually helps. If it happens again, please report what you did before.',
  reload: 'Reload',
};

export const live = {
  connecting: 'Connecting',
  connected: 'Live',
  reconnecting: 'Reconnecting',
  connectedHelp: 'The numbers move as soon as something is committed.',
  connectingHelp: 'Opening the live link to the server.',
  reconnectingHelp: 'The live link is broken. The numbers on this page may be out of date; Faregate keeps trying.',
};

export const scheme = {
  label: 'Colours',
  light: 'Light',
  dark: 'Dark',
  auto: 'As the system',
  current: (scheme: string) => `Colours: ${scheme}`,
};
