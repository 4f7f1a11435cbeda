export const sources = {
  title: 'Sources',
  loading: 'Loading the sources',
  bring: 'Bring a log, an export or a file of the estate',
  table: 'Sources of use',
  columns: {
    source: 'Source',
    lastData: 'Last data',
    lag: 'Lag',
    state: 'State',
    lastImport: 'Last receipt',
    why: 'Why',
  },
  kinds: {
    'licence-server-log': 'Licence server’s log',
    'licence-server-polls': 'Polls of the licence server',
    vendor: 'Vendor',
    table: 'Table',
    staff: 'List of people',
  } as Record<string, string>,
  states: {
    importing: 'Importing',
    stable: 'Stable',
    warning: 'Warning',
    ended: 'Ended',
  } as Record<string, string>,
  stale: 'stale',
  atWork: (names: string) => `Taken in just now: ${names}. Figures change when that is done, all at once.`,
  none: '–',
  receipt: (number: string, when: string) => `${number}, ${when}`,
  emptyTitle: 'No source tells of use yet',
  emptyDetail:
    'Import a file once with `faregate import`, or write a file of sources and start the server with `faregate serve --sources FILE`.',
};
