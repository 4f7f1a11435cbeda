import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { numbersIn } from '../../numbers';
import { columnsOf, DEFAULTS, emptyDraft, FIELDS, fromToml, hasComments, LISTS, readDraft, tidied, toToml, type Draft, type FieldName } from './offer';
import { Problem } from '../../api/client';
import { faultAt, isRefusal } from './offer-faults';

const english = numbersIn('en-GB');
const german = numbersIn('de-DE');
const REFERENCE = readFileSync('../docs/reference/offer-files.md', 'utf8');

/** A draft with some of it written. */
function draft(written: Partial<Record<FieldName, string>>, lists: Partial<Draft['lists']> = {}): Draft {
  const empty = emptyDraft(english);
  return { ...empty, ...written, lists: { ...empty.lists, ...lists } };
}

const textOf = (of: Draft, numbers = english) => toToml(readDraft(of, numbers).offer);

function shown(text: string, numbers = english): Draft {
  const read = fromToml(text, numbers);
  if (!('draft' in read)) throw new Error(`it cannot be shown: ${JSON.stringify(read.unshown)}`);
  return read.draft;
}

describe('an offer in fields', () => {
  it.each<[string, Draft, string]>([
    ['nothing', draft({}), ''],
    ['a price', draft({ token_price: '3.5' }), 'token_price = 3.5'],
    ['thousands', draft({ left_over: '50,000' }), 'left_over = 50000'],
    ['per cent', draft({ service: '97.5', carry_forward: '7', buffer: '120' }), 'service = 0.975\ncarry_forward = 0.07\nbuffer = 1.2'],
    ['a flag', draft({ picked: 'yes', within_term: '' }), 'picked = true'],
    ['packs', draft({ packs: '100; 500;1000' }), 'packs = [ 100, 500, 1000 ]'],
    ['packs with commas', draft({ packs: '100, 500, 1000' }), 'packs = [ 100, 500, 1000 ]'],
    [
      'tiers, but no empty row',
      draft({}, { tier: [{ from: '50,000', discount: '5' }, { from: '', discount: '' }, { from: '100,000', discount: '11.5' }] }),
      '[[tier]]\nfrom = 50000\ndiscount = 0.05\n\n[[tier]]\nfrom = 100000\ndiscount = 0.115',
    ],
    [
      'keys that have to be quoted',
      draft({}, { stock_out_of: [{ bucket: 'a "b".\\c', cost: '12' }, { bucket: 'plain', cost: '1' }], keep: [{ person: 'ü, "x"\n' }] }),
      'keep = [ "ü, \\"x\\"" ]\n\n[stock_out_of]\n"a \\"b\\".\\\\c" = 12\nplain = 1',
    ],
    [
      'levers',
      draft({ 'renewal.growth': '-4', 'renewal.trend.0': '−4', 'renewal.trend.1': '8', 'renewal.tier': '5; 11.5', 'renewal.bundle': '-' }),
      '[renewal]\ngrowth = -0.04\ntrend = [ -0.04, 0.08 ]\ntier = [ 0.05, 0.115 ]\nbundle = []',
    ],
  ])('with %s is written', (_, of, text) => {
    expect(readDraft(of, english).faults).toEqual({});
    expect(textOf(of)).toBe(text);
    expect(textOf(shown(text))).toBe(text);
  });

  it('is read in the reader’s locale', () => {
    const of = draft({ token_price: '1.234,5', service: '97,5', 'renewal.tier': '5; 11,5, 18' }, { tier: [{ from: '50.000', discount: '2,5' }] });
    const text = 'token_price = 1234.5\nservice = 0.975\n\n[[tier]]\nfrom = 50000\ndiscount = 0.025\n\n[renewal]\ntier = [ 0.05, 0.115, 0.18 ]';
    expect(textOf(of, german)).toBe(text);
    expect(shown(text, german)).toMatchObject({ token_price: '1.234,5', service: '97,5', 'renewal.tier': '5; 11,5; 18', lists: { tier: [{ from: '50.000', discount: '2,5' }] } });
  });

  it.each<[Draft, Record<string, string>]>([
    [draft({ token_price: 'three' }), { token_price: 'amount' }],
    [draft({ token_price: '-1' }), { token_price: 'amount' }],
    [draft({ lead_days: '2.5' }), { lead_days: 'whole' }],
    [draft({ left_over: '4,294,967,296' }), { left_over: 'whole' }],
    [draft({ service: '101' }), { service: 'share' }],
    [draft({ packs: '100; x' }), { packs: 'wholes' }],
    [draft({ 'renewal.tier': '1;2;3;4;5;6;7' }), { 'renewal.tier': 'many' }],
    [draft({ 'renewal.trend.0': '4' }), { 'renewal.trend.1': 'missing' }],
    [draft({ 'renewal.rise.1': '4' }), { 'renewal.rise.0': 'missing' }],
    [draft({}, { tier: [{}, { from: '5' }] }), { 'tier.1.discount': 'missing' }],
    [draft({}, { keep: [{ person: ' ' }] }), { 'keep.0.person': 'missing' }],
    [draft({}, { stock_out_of: [{ bucket: 'a', cost: '1' }, { bucket: 'a', cost: '2' }] }), { 'stock_out_of.1.bucket': 'twice' }],
  ])('cannot be written (case %#)', (of, faults) => {
    expect(readDraft(of, english).faults).toEqual(faults);
  });

  it.each([
    ['amount', '3500', '3,500'],
    ['amount', 'x', 'x'],
    ['share', ' 11.50 ', '11.5'],
    ['whole', '', ''],
    ['wholes', '100, 500', '100; 500'],
    ['shares', '-', '–'],
    ['key', ' ann ', 'ann'],
  ] as const)('shows a %s written as “%s” as “%s”', (kind, text, tidy) => {
    expect(tidied(kind, text, english)).toBe(tidy);
  });
});

describe('an offer as text', () => {
  it.each([
    ['token_price = ', { line: 1 }],
    ['# so\n\n[tier', { line: 3 }],
    ['token_prize = 3', { key: 'token_prize' }],
    ['token_price = "3"', { key: 'token_price' }],
    ['service = 1.5', { key: 'service' }],
    ['token_price = nan', { key: 'token_price' }],
    ['keep = [1]', { key: 'keep' }],
    ['tier = 5', { key: 'tier' }],
    ['lead_days = 2026-01-01', { key: 'lead_days' }],
    ['[[tier]]\nfrom = 5', { key: 'tier' }],
    ['[[tier]]\nfrom = 5\ndiscount = 0.1\nuntil = 7', { key: 'tier' }],
    ['[renewal]\ntrend = [1, 2, 3]', { key: 'renewal' }],
    ['renewal = 5', { key: 'renewal' }],
    ['[renewal]\nlever = 5', { key: 'renewal' }],
    ['token_price = 0.33333333333333331', undefined],
    ['buffer = 0.33333333333333331', { key: 'buffer' }],
    ['# of May\ntoken_price = 3.0 # a token', undefined],
    ['picked = false\nkeep = []\nrenewal = {}', undefined],
    ['stock_out_of = { "a b" = 1, c = 2 }\nrenewal.growth = 0.1', undefined],
  ])('%j cannot be shown as fields for %j', (text, unshown) => {
    const read = fromToml(text, english);
    expect('unshown' in read ? read.unshown : undefined).toEqual(unshown);
  });

  it.each([
    ['a = 1 # so', true],
    ['keep = ["#1", \'#2\']', false],
    ['keep = ["\\"#1"] # so', true],
    ['', false],
  ])('%j has comments: %s', (text, has) => {
    expect(hasComments(text)).toBe(has);
  });
});

describe('the reference of offer files', () => {
  const rows = [...REFERENCE.matchAll(/^\| (`.*?) \|(.*?)\| .* \|$/gm)].map(([, fields = '', byDefault = '']) => ({ fields, byDefault }));
  const isOfRenewal = (at: number) => at > rows.findIndex(({ fields }) => fields.includes('[renewal]'));
  const names = ({ fields }: { fields: string }) => [...fields.matchAll(/`\[*(\w+)\]*`/g)].map(([, name = '']) => name);

  it('names all that the form has, and nothing else', () => {
    const said = rows.flatMap((row, at) => names(row).map((name) => (isOfRenewal(at) ? `renewal.${name}` : name)));
    const had = [...Object.keys(FIELDS).map((name) => name.replace(/\.\d$/, '')), ...Object.keys(LISTS)];
    const columns = Object.keys(LISTS).flatMap((list) => columnsOf(list as keyof typeof LISTS).map(([column]) => column));
    expect([...new Set(had)].filter((name) => !said.includes(name))).toEqual([]);
    expect(said.filter((name) => !had.includes(name) && !columns.includes(name) && name !== 'renewal')).toEqual([]);
  });

  it('has the same defaults', () => {
    const said = rows.flatMap((row, at) =>
      names(row).map((name) => [isOfRenewal(at) ? `renewal.${name}` : name, /^`?([\d.[\], ]+)`?$/.exec(row.byDefault.trim())?.[1]] as const),
    );
    const numeric = said.flatMap(([name, value]) => (value === undefined || name in LISTS ? [] : [[name, JSON.parse(value)] as const]));
    const had = Object.fromEntries(numeric.map(([name]) => [name, DEFAULTS[name as FieldName] ?? [0, 1].map((at) => DEFAULTS[`${name}.${at}` as FieldName])]));
    expect(numeric.length).toBeGreaterThan(8);
    expect(had).toEqual(Object.fromEntries(numeric));
  });

  it('has an example that fields can show, and that they write so that it says the same', () => {
    const example = /```toml\n([^]*?)```/.exec(REFERENCE)?.[1] ?? '';
    const of = shown(example);
    expect(of).toMatchObject({ token_price: '3', packs: '100; 500; 1000', carry_forward: '10', 'renewal.trend.0': '-4' });
    expect(shown(textOf(of))).toEqual(of);
    expect(shown(textOf(shown(example, german), german), german)).toEqual(shown(example, german));
  });
});

describe('a fault that the server has found', () => {
  const of = draft(
    { token_price: '3', 'renewal.rise.0': '5', 'renewal.rise.1': '400', 'renewal.tier': '5' },
    {
      tier: [{ from: '', discount: '' }, { from: '100', discount: '5' }, { from: '100', discount: '6' }],
      stock_out_of: [{ bucket: 'a.b', cost: '1' }, { bucket: 'general', cost: '2' }],
      keep: [{ person: 'anna' }, { person: 'ben' }],
    },
  );
  const text = textOf(of);
  const lineOf = (part: string, after = '') => text.slice(0, text.indexOf(part, text.indexOf(after))).split('\n').length;
  it.each([
    [lineOf('token_price'), 'token_price'],
    [lineOf('from', 'discount'), 'tier.2.from'],
    [lineOf('"a.b"'), 'stock_out_of.0.cost'],
    [lineOf('general'), 'stock_out_of.1.cost'],
    [lineOf('rise'), 'renewal.rise.0'],
    [lineOf('tier', '[renewal]'), 'renewal.tier'],
    [lineOf('[renewal]'), undefined],
    [99, undefined],
  ])('in line %s is at %s', (line, place) => {
    expect(faultAt(`line ${line}: it is wrong`, text, of)).toEqual(place && { place, what: 'it is wrong' });
  });

  it.each([
    ['there is no person `ben`', 'keep.1.person'],
    ['there is no bucket `general`', 'stock_out_of.1.bucket'],
    ['there is no bucket `other`', undefined],
    ['the budget is 5, and the cheapest mix costs 7', undefined],
  ])('“%s” is at %s', (detail, place) => {
    expect(faultAt(detail, text, of)?.place).toBe(place);
  });

  it.each([
    [new Problem(422, { detail: 'the budget is 5, and the cheapest mix costs 7' }), true],
    [new Problem(422, { code: 'invalid-offer', detail: 'there is no person `ben`' }), true],
    [new Problem(409, { code: 'not-ready', detail: 'nothing was used yet' }), false],
    [new Problem(503, {}), false],
    [new Error('there is no person `ben`'), false],
    [null, false],
  ])('is told from other failures (case %#)', (error, is) => {
    expect(isRefusal(error)).toBe(is);
  });
});
