import { count } from './count';

export const imports = {
  title: 'What was taken in',
  search: 'Search kinds and files',
  columns: {
    number: 'Import',
    at: 'When',
    kind: 'Kind',
    files: 'Files',
    sessions: 'Sessions',
    rejected: 'Rejected',
    quarantined: 'Not charged',
    by: 'Who',
    state: 'State',
  },
  kinds: {
    flexnet: 'Licence server’s log',
    lmstat: 'Polls of the licence server',
    cloudevents: 'Events',
    vendor: 'Vendor’s report',
    'token-flex-sessions': 'Vendor’s sessions',
    generated: 'Made up',
    agent: 'Workstation agents',
  } as Record<string, string>,
  table: (name: string) => `Table ${name}`,
  states: { stands: 'Counts', undone: 'Taken back' },
  openNamed: (number: string, kind: string) => `Import ${number}, ${kind}`,
  empty: {
    title: 'Nothing was taken in yet',
    detail: 'Each log, export or batch of events that is taken in gets a number and a receipt, and can be taken back.',
  },

  one: (number: string) => `Import ${number}`,
  close: 'Close the import',
  loading: 'Loading the import',
  unknown: 'There is no import with this number.',
  span: 'Use',
  fromTo: (first: string, last: string) => `${first} to ${last}`,
  counts: {
    sessions: (n: number, shown: string) => count(n, shown, 'session was new', 'sessions were new'),
    events: (n: number, shown: string) => count(n, shown, 'event was recognised', 'events were recognised'),
    open: (n: number, shown: string) => count(n, shown, 'session went on at its end', 'sessions went on at its end'),
    closed: (n: number, shown: string) =>
      count(n, shown, 'session of an earlier import ended', 'sessions of earlier imports ended'),
    duplicates: (n: number, shown: string) => count(n, shown, 'session was there already', 'sessions were there already'),
    quarantined: (n: number, shown: string) =>
      count(n, shown, 'session was kept and not charged', 'sessions were kept and not charged'),
    rejected: (n: number, shown: string) => count(n, shown, 'line was rejected', 'lines were rejected'),
    overlap: (n: number, shown: string) =>
      count(n, shown, 'use is told of by a source of another kind too', 'uses are told of by a source of another kind too'),
    times: (n: number, shown: string) =>
      count(n, shown, 'of these begins or ends otherwise there', 'of these begin or end otherwise there'),
    prices: (n: number, shown: string) =>
      count(n, shown, 'price of the vendor’s was not ours, and holds', 'prices of the vendor’s were not ours, and hold'),
  },
  undone: (when: string, by: string, gone: string, kept: string) =>
    `Taken back, ${when}${by && ` by ${by}`}: sessions that went ${gone}, that stayed ${kept}.`,
  toUncharged: 'What is not charged, and why',
  toRejected: 'The rejected lines',

  undo: {
    look: 'Take it back…',
    lookHelp: 'First it is said what would go. The gate lets nobody through while that is reckoned: seconds for a large import.',
    noRight: 'Your role may not take imports back.',
    undoneAlready: 'It was taken back already; its files can be brought again.',
    would: 'If it is taken back',
    done: 'It was taken back',
    confirm: (number: string) => `Take import ${number} back now`,
    confirmHelp: 'The same files can be brought again.',
    keep: 'Leave it as it is',
    sessions: (n: number, shown: string) =>
      count(n, shown, 'session that nobody else tells of goes', 'sessions that nobody else tells of go'),
    kept: (n: number, shown: string) =>
      count(n, shown, 'session stays: another import tells of it', 'sessions stay: other imports tell of them'),
    reopened: (n: number, shown: string) => count(n, shown, 'use goes on again', 'uses go on again'),
    reversed: (n: number, shown: string) => count(n, shown, 'charge is taken back', 'charges are taken back'),
    charged: (n: number, shown: string) => count(n, shown, 'charge is made anew', 'charges are made anew'),
    uncovered: (before: string, after: string) => `Tokens that no bucket covers: ${before} before, ${after} after`,
    stays: 'People, products and feature codes that it made known stay known.',
    noBucket: 'No bucket’s balance changes.',
    buckets: 'Buckets whose balance changes',
    columns: {
      bucket: 'Bucket',
      spent: 'Spent before',
      spentAfter: 'Spent after',
      available: 'Available before',
      availableAfter: 'Available after',
    },
  },

  uncharged: {
    title: 'Kept, not charged',
    loading: 'Loading what is not charged',
    none: 'All use that was taken in is charged or on a seat.',
    detail: (n: number, shown: string): string =>
      `${count(n, shown, 'session is', 'sessions are')} kept and not charged. Nothing of it is lost, and nothing of it is free.`,
    columns: { name: 'Product or code', why: 'Why', sessions: 'Sessions', first: 'First', last: 'Last' },
    whys: {
      'unknown-product': 'Unknown product',
      'no-rate': 'No rate',
      'by-result': 'Charged by results',
      'unknown-person': 'Unknown person',
      doubted: 'Amount not believed',
      'known-by-now': 'Known by now',
    } as Record<string, string>,
    helps: 'What helps',
    help: {
      'unknown-product':
        'name the product in a table with lines of `code,product,name`, and import the log again with it: `faregate import FILE --features TABLE`. The server must not run meanwhile.',
      'no-rate':
        'a seat covers it. Rates stand in the tariff that a contract begins with: `faregate init --tariff FILE`.',
      'by-result': 'bring the vendor’s report, which says how many results there were: `faregate import token-usage FILE`.',
      'unknown-person': 'say whose name it is, `faregate person alias`, and bring the report again.',
      doubted: 'correct the report and bring it again.',
      'known-by-now': 'bring the file that tells of it again.',
    } as Record<string, string>,
  },

  rejected: {
    title: 'Rejected lines',
    count: (n: number, shown: string) => count(n, shown, 'line', 'lines'),
    detail:
      'They look like use and cannot be read. Those that came last stand first; an import on the command line begins the list anew.',
    search: 'Search files, reasons and lines',
    columns: { file: 'File', line: 'Line', reason: 'Why', text: 'Text' },
    empty: { title: 'No line was rejected', detail: 'What could not be read of a log or an export would be listed here.' },
  },
};
