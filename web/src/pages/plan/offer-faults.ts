/** Where in the form the server has found a fault: it names a line of the text, or a key that it does not know. */
import { Problem } from '../../api/client';
import { FIELDS, filledRows, LISTS, type Draft, type ListName } from './offer';

const LIST_NAMES = Object.keys(LISTS) as ListName[];

/** How the server says that it does not know a key. */
const UNKNOWN = /^there is no (bucket|offering|person) `(.*)`$/;

const UNPROCESSABLE = 422;

/** Whether the offer is at fault, and not that too little is known, or the connection. */
export function isRefusal(error: Error | null): error is Problem {
  return error instanceof Problem && error.status === UNPROCESSABLE;
}

/** At which of the fields the server has found a fault, and which; nothing where it is at none of them. */
export function faultAt(detail: string, text: string, draft: Draft): { place: string; what: string } | undefined {
  const [, line, what = detail] = /^line (\d+): ([^]*)$/.exec(detail) ?? [];
  const unknown = UNKNOWN.exec(what);
  const place = unknown ? placeOfKey(unknown[1]!, unknown[2]!, draft) : line && inForm(placeOfLine(text, Number(line)), draft);
  return place ? { place, what } : undefined;
}

function placeOfKey(column: string, key: string, draft: Draft): string | undefined {
  for (const list of LIST_NAMES) {
    const at = draft.lists[list].findIndex((row) => row[column]?.trim() === key);
    if (at >= 0) return `${list}.${at}.${column}`;
  }
  return undefined;
}

/** The place in the form of a place in the text: rows that were left empty are in the form alone. */
function inForm(place: string | undefined, draft: Draft): string | undefined {
  if (place === undefined) return undefined;
  const field = [place, `${place}.0`].find((each) => each in FIELDS);
  const list = LIST_NAMES.find((name) => place.startsWith(`${name}.`));
  if (field || !list) return field;
  const rest = place.slice(list.length + 1);
  const [number = '', column] = list === 'stock_out_of' ? [rest, 'cost'] : rest.split('.');
  const filled = filledRows(draft, list);
  const found = list === 'stock_out_of' ? filled.find(({ row }) => row.bucket === number) : filled[Number(number)];
  return found && column && `${list}.${found.at}.${column}`;
}

/** A key at the beginning of a line, bare or quoted as JSON quotes. */
const KEY = /^("(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|[^"\\\p{Cc}])*"|[\w-]+)\s*=/u;

/** What in a text as `toToml` writes it stands in a line, from 1: such as `tier.1.discount`. */
function placeOfLine(text: string, line: number): string | undefined {
  const counts: Record<string, number> = {};
  let above = '';
  let place: string | undefined;
  const lines = text.split('\n');
  if (line > lines.length) return undefined;
  for (const each of lines.slice(0, line)) {
    const [, brackets, table] = /^(\[\[?)([\w.]+)\]/.exec(each) ?? [];
    if (table) counts[table] = (counts[table] ?? -1) + 1;
    if (table) above = brackets === '[[' ? `${table}.${counts[table]}.` : `${table}.`;
    const key = KEY.exec(each)?.[1];
    place = key === undefined ? undefined : above + (key.startsWith('"') ? String(JSON.parse(key)) : key);
  }
  return place;
}
