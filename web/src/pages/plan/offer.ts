/**
 * An offer as the form holds it and as the server reads it, in TOML (docs/reference/offer-files.md).
 * `FIELDS` and `LISTS` name all that can be offered: what the server learns to read is one line here, one in the words,
 * and one in `offer-parts.ts`. What is offered is judged by the server; here only what cannot be written down is refused.
 */
import { parse, stringify, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import { percentOf, shareOf, type Numbers } from '../../numbers';

/** What may stand in a field. Lists hold several, with semicolons between, or a dash for none. */
type Kind = 'amount' | 'whole' | 'share' | 'percent' | 'flag' | 'key' | 'wholes' | 'shares' | 'percents';

/** By the path in the text: what may stand there. */
export const FIELDS = {
  token_price: 'amount',
  topup_price: 'amount',
  stock_out: 'amount',
  lead_days: 'whole',
  service: 'share',
  carry_forward: 'share',
  picked: 'flag',
  packs: 'wholes',
  buffer: 'percent',
  left_over: 'whole',
  budget: 'amount',
  token_budget: 'amount',
  seat_discount: 'share',
  within_term: 'flag',
  'renewal.last_year': 'amount',
  'renewal.growth': 'percent',
  'renewal.trend.0': 'percent',
  'renewal.trend.1': 'percent',
  'renewal.tier': 'shares',
  'renewal.commitment': 'shares',
  'renewal.commit_to': 'percents',
  'renewal.carry_forward': 'shares',
  'renewal.freeze': 'wholes',
  'renewal.rise.0': 'percent',
  'renewal.rise.1': 'percent',
  'renewal.bundle': 'shares',
} as const satisfies Record<string, Kind>;

/** The lists of rows, and what each row has. `stock_out_of` is a table in the text, `keep` a list of keys. */
export const LISTS = {
  tier: { from: 'whole', discount: 'share' },
  commitment: { from: 'whole', discount: 'share' },
  seat_tier: { offering: 'key', from: 'whole', discount: 'share' },
  minimum: { bucket: 'key', offering: 'key', people: 'whole' },
  keep: { person: 'key' },
  stock_out_of: { bucket: 'key', cost: 'amount' },
} as const satisfies Record<string, Record<string, Kind>>;

/** What holds where a field is empty, as numbers; the rest is told in words. */
export const DEFAULTS: Partial<Record<FieldName, number | readonly number[]>> = {
  lead_days: 10,
  service: 0.95,
  carry_forward: 0,
  packs: [100],
  buffer: 0,
  left_over: 0,
  seat_discount: 0,
  'renewal.growth': 0.12,
  'renewal.tier': [0.05, 0.115, 0.18],
  'renewal.commitment': [0.08, 0.15, 0.22],
  'renewal.commit_to': [1, 1.2],
  'renewal.carry_forward': [0.05, 0.1, 0.15],
  'renewal.freeze': [1, 2],
  'renewal.rise.0': 0.05,
  'renewal.rise.1': 0.03,
  'renewal.bundle': [0.02, 0.08],
};

export type FieldName = keyof typeof FIELDS;
export type ListName = keyof typeof LISTS;
export type Row = Record<string, string>;

/** What somebody wrote into the fields, as they wrote it; a flag that is set is `yes`. */
export type Draft = Record<FieldName, string> & { lists: Record<ListName, Row[]> };

/** Why something cannot be written down: it is not of its kind, is missing beside others, or stands there twice. */
export type Fault = Kind | 'missing' | 'twice' | 'many';

/** By place, such as `token_price` or `tier.0.discount`. */
export type Faults = Record<string, Fault>;

/** Why a text cannot be shown as fields: no TOML from this line on, or something that no field can say. */
export type Unshown = { line: number } | { key: string };

const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];
const LIST_NAMES = Object.keys(LISTS) as ListName[];
/** What is expected, and its spread: neither says anything alone. */
const PAIRS = [
  ['renewal.trend.0', 'renewal.trend.1'],
  ['renewal.rise.0', 'renewal.rise.1'],
] as const;
const WHOLE_MAX = 0xffff_ffff;
/** All combinations of levers are tried: the server takes no more of a kind. */
const LEVERS_MAX = 6;
const NONE = '–';

/** The kind of what stands in a column of a list. */
export const columnsOf = (list: ListName) => Object.entries(LISTS[list]) as [column: string, kind: Kind][];

/** The rows in which something stands, with their places. */
export const filledRows = (draft: Draft, list: ListName) =>
  draft.lists[list].map((row, at) => ({ row, at })).filter(({ row }) => Object.values(row).some(Boolean));

/** What was written, as an offer, and what of it cannot be; an offer with faults is none. */
export function readDraft(draft: Draft, numbers: Numbers): { offer: TomlTable; faults: Faults } {
  const offer: TomlTable = {};
  const faults: Faults = {};
  const read = (place: string, kind: Kind, text: string): TomlValue => {
    const value = readAs(kind, text, numbers);
    if (value === undefined) faults[place] = kind;
    return value ?? '';
  };
  for (const list of LIST_NAMES) {
    const rows = filledRows(draft, list);
    const values = rows.map(({ row, at }) => {
      const cells = columnsOf(list).map(([column, kind]) => [column, read(`${list}.${at}.${column}`, kind, row[column] ?? '')]);
      return Object.fromEntries(cells) as TomlTable;
    });
    for (const { row, at } of rows) {
      for (const [column] of columnsOf(list)) if (!row[column]?.trim()) faults[`${list}.${at}.${column}`] = 'missing';
      const isTwice = rows.some((other) => other.at < at && other.row.bucket === row.bucket);
      if (list === 'stock_out_of' && isTwice) faults[`${list}.${at}.bucket`] ??= 'twice';
    }
    if (values.length > 0) put(offer, list, asWritten(list, values));
  }
  for (const name of FIELD_NAMES) {
    if (draft[name].trim() === '') continue;
    const value = read(name, FIELDS[name], draft[name]);
    if (name.startsWith('renewal.') && Array.isArray(value) && value.length > LEVERS_MAX) faults[name] = 'many';
    put(offer, name, value);
  }
  for (const [one, other] of PAIRS) {
    const [empty, full] = draft[one].trim() === '' ? [one, other] : [other, one];
    if (draft[empty].trim() === '' && draft[full].trim() !== '') faults[empty] = 'missing';
  }
  return { offer, faults };
}

/** An offer as text; nothing for one that says nothing. */
export const toToml = (offer: TomlTable): string => stringify(offer).trim();

/** A text as fields, when fields can say all of it. What is written in the text beside that, comments, is not in them. */
export function fromToml(text: string, numbers: Numbers): { draft: Draft } | { unshown: Unshown } {
  let table: TomlTable;
  try {
    table = parse(text);
  } catch (why) {
    return { unshown: { line: why instanceof TomlError ? why.line : 1 } };
  }
  const draft = draftOf(table, numbers);
  // Whatever the fields would say otherwise, or not at all, is found by reading them back.
  const [said, written] = [spoken(table), spoken(readDraft(draft, numbers).offer)];
  const key = Object.keys({ ...said, ...written }).find((each) => canonical(said[each]) !== canonical(written[each]));
  return key === undefined ? { draft } : { unshown: { key } };
}

export const emptyDraft = (numbers: Numbers): Draft => draftOf({}, numbers);

/** Whether a text has comments: they are lost once it is written anew. */
export const hasComments = (text: string): boolean =>
  text.replace(/"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'[^'\n]*'/g, '').includes('#');

function draftOf(table: TomlTable, numbers: Numbers): Draft {
  const fields = FIELD_NAMES.map((name) => [name, show(FIELDS[name], take(table, name), numbers)]);
  const lists = LIST_NAMES.map((list) => [list, rowsOf(list, table, numbers)]);
  return { ...Object.fromEntries(fields), lists: Object.fromEntries(lists) } as Draft;
}

function rowsOf(list: ListName, table: TomlTable, numbers: Numbers): Row[] {
  const written = table[list];
  const costs = list === 'stock_out_of' && isTable(written) ? Object.entries(written) : [];
  const listed = Array.isArray(written) ? written.map((each) => (list === 'keep' ? { person: each } : each)) : [];
  return [...costs.map(([bucket, cost]) => ({ bucket, cost })), ...listed].filter(isTable).map((row) =>
    Object.fromEntries(columnsOf(list).map(([column, kind]) => [column, show(kind, row[column], numbers)])),
  );
}

function asWritten(list: ListName, rows: TomlTable[]): TomlValue {
  if (list === 'keep') return rows.map(({ person }) => person!);
  return list === 'stock_out_of' ? Object.fromEntries(rows.map(({ bucket, cost }) => [String(bucket), cost!])) : rows;
}

const UNITS = { wholes: 'whole', shares: 'share', percents: 'percent' } as const;

/** A value of this kind; nothing where it is none. */
function readAs(kind: Kind, text: string, numbers: Numbers): TomlValue | undefined {
  const written = text.trim();
  if (kind === 'key') return written;
  if (kind === 'flag') return written !== '';
  if (kind === 'wholes' || kind === 'shares' || kind === 'percents') {
    if (/^[-–−]$/.test(written)) return [];
    const all = written.split(/;|,[ \t]/).map((each) => readAs(UNITS[kind], each, numbers));
    return all.includes(undefined) ? undefined : (all as TomlValue[]);
  }
  const value = numbers.read(written);
  if (value === undefined) return undefined;
  if (kind === 'whole') return Number.isInteger(value) && value >= 0 && value <= WHOLE_MAX ? value : undefined;
  if (kind === 'amount') return value >= 0 ? value : undefined;
  return kind === 'percent' || (value >= 0 && value <= 100) ? shareOf(value) : undefined;
}

/** A value as it would be written into its field; nothing for one that no field of this kind can hold. */
export function show(kind: Kind, value: unknown, { show: shown, showPlain }: Numbers): string {
  if (kind === 'key') return typeof value === 'string' ? value : '';
  if (kind === 'flag') return value === true ? 'yes' : '';
  if (kind === 'wholes' || kind === 'shares' || kind === 'percents') {
    if (!Array.isArray(value) || value.some((each) => typeof each !== 'number')) return '';
    const asPercent = kind !== 'wholes';
    return value.length === 0 ? NONE : value.map((each) => showPlain(asPercent ? percentOf(each) : each)).join('; ');
  }
  if (typeof value !== 'number') return '';
  return shown(kind === 'share' || kind === 'percent' ? percentOf(value) : value);
}

/** A text of a field as it would be shown, so that one sees how it was read; as it is where it cannot be. */
export function tidied(kind: Kind, text: string, numbers: Numbers): string {
  const value = text.trim() === '' ? '' : readAs(kind, text, numbers);
  return value === undefined ? text : show(kind, value, numbers);
}

function put(table: TomlTable, path: string, value: TomlValue): void {
  const [first = '', second, third] = path.split('.');
  if (second === undefined) table[first] = value;
  else if (third === undefined) within(table, first)[second] = value;
  else within(table, first)[second] = Object.assign(within(table, first)[second] ?? [], { [third]: value });
}

function within(table: TomlTable, key: string): TomlTable {
  const inner = (table[key] as TomlTable | undefined) ?? {};
  table[key] = inner;
  return inner;
}

function take(table: TomlTable, path: string): unknown {
  const inside = (outer: unknown, key: string): unknown => (Object(outer) as Record<string, unknown>)[key];
  return path.split('.').reduce<unknown>(inside, table);
}

const isTable = (value: unknown): value is TomlTable =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** What an offer says: a flag that is not set and an empty list of rows say nothing. */
function spoken(offer: TomlTable): TomlTable {
  const isSilent = ([key, value]: [string, TomlValue]) =>
    (FIELDS[key as FieldName] === 'flag' && value === false) ||
    (key in LISTS && Array.isArray(value) && value.length === 0) ||
    (isTable(value) && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(offer).filter((entry) => !isSilent(entry)));
}

/** The same for the same, in whatever order its keys are. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    isTable(each) ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1))) : each,
  ) ?? '';
