export const shell = {
  skip: 'Skip to the content',
  navigation: 'Pages',
  pages: {
    home: 'Overview',
    burn: 'Burn',
    buckets: 'Buckets',
    people: 'People',
    seats: 'Seats',
    plan: 'Plan',
    gate: 'Gate',
    places: 'Places',
    reports: 'Reports',
    alerts: 'Alerts',
    sources: 'Sources',
  },
  openMenu: 'Open the list of pages',
  closeMenu: 'Close the list of pages',
  openAlerts: (shown: string) => `${shown} open`,
  contract: 'Contract',
  menu: (name: string) => `Account: ${name}`,
  language: 'Language',
  signOut: 'Sign out',
  documentTitle: (page: string) => `${page} · Faregate`,
  loading: 'Loading Faregate',
  notFoundTitle: 'There is no such page',
  notFoundDetail: 'The address may be mistyped, or the page may belong to another version.',
  notFoundAction: 'Go to the overview',
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

export const palette = {
  open: 'Search and commands',
  label: 'Search pages, people, buckets, products and commands',
  placeholder: 'Where to, or what to do?',
  results: 'Found',
  none: (text: string) => `Nothing is called “${text}”.`,
  searching: 'Searching',
  groups: { pages: 'Pages', people: 'People', buckets: 'Buckets', products: 'Products', actions: 'Commands' },
  colours: (scheme: string) => `Colours: ${scheme}`,
  language: (name: string) => `Language: ${name}`,
  shortcuts: 'Show the keyboard shortcuts',
  close: 'Close',
};

export const shortcuts = {
  title: 'Keyboard shortcuts',
  close: 'Close',
  palette: 'Search and commands',
  help: 'This list',
  filter: 'To the filter of the table',
  go: (page: string) => `Go to ${page}`,
  then: 'then',
  keys: 'Keys',
  does: 'What they do',
  enabled: 'Use single keys',
  enabledHelp: 'Turn this off if they get in the way of a screen reader or of dictation. Ctrl K always works.',
};
