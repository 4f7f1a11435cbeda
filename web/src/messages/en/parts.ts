import { count } from './count';

export const problem = {
  title: 'The request failed',
  unreachable: {
    title: 'Faregate cannot be reached',
    detail: 'The server does not answer from this browser.',
    help: 'Check that Faregate is running and that the network is up, then try again.',
  },
  unreadable: {
    title: 'The answer cannot be read',
    detail: 'The server answered with something that is not JSON.',
    help: 'A proxy between this browser and Faregate may have replaced the answer.',
  },
  status: (status: number) => `The server answered with status ${status}.`,
  code: (code: string) => `Code: ${code}`,
  retry: 'Try again',
  notReady: 'Nothing can be said yet',
  stale: 'These numbers could not be refreshed just now.',
  unexpected: 'Something unexpected happened',
};

export const units = {
  tokens: (n: number, shown: string) => count(n, shown, 'token', 'tokens'),
  charges: (n: number, shown: string) => count(n, shown, 'charge', 'charges'),
  days: (n: number, shown: string) => count(n, shown, 'day', 'days'),
};

export const copying = {
  copy: 'Copy the command',
  copied: 'Copied',
};

export const table = {
  loading: (label: string) => `Loading: ${label}`,
  any: 'Any',
  clear: 'Clear the filters',
  columns: 'Columns',
  views: 'Views',
  noViews: 'No view is saved yet. A view keeps the filters and the columns of this table in this browser.',
  viewName: 'Name of this view',
  save: 'Save',
  forget: (name: string) => `Forget the view ${name}`,
  filtered: (label: string, value: string) => `${label}: ${value}`,
  noMatch: 'Nothing matches',
  noMatchDetail: 'The filters leave no row. Clear them to see all.',
  more: (shown: string) => `${shown} rows so far; more come as you scroll.`,
  all: (n: number, shown: string) => count(n, shown, 'row', 'rows'),
  printedSome: (shown: string, canExport: boolean) =>
    canExport ? `The first ${shown} rows; all of them are in the file that “Take along” gives.` : `The first ${shown} rows.`,
  sortBy: (column: string) => `Sort by ${column}`,
  groupBy: 'Group by',
  ungrouped: 'Nothing',
  ungroupedRows: 'None',
  groups: (n: number, shown: string) => count(n, shown, 'group', 'groups'),
  saves: (amount: string) => `moves save ${amount} a year`,
  waitingFor: (group: string) => `Loading the rows of ${group}`,
  export: 'Take along',
  exportHelp: 'All rows that the filters leave, in the order shown.',
  exports: { csv: 'Table (CSV)', xlsx: 'Workbook (XLSX)' },
  exported: (file: string) => `${file} is in your downloads.`,
  none: '–',
};

export const heatMap = {
  keys: 'The arrow keys go from cell to cell; each is read out.',
  point: 'Point at a cell, or go to one with the arrow keys, to read it.',
};
