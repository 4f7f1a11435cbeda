/** Which part of planning reads what of an offer: what a form leaves out would change nothing there. */
import type { words } from '../../messages';
import type { Draft, FieldName, ListName } from './offer';

export type Part = 'sizing' | 'portfolio' | 'renewal';

export type Section = {
  title: keyof typeof words.plan.offer.sections;
  fields: readonly FieldName[];
  lists: readonly ListName[];
};

export const PARTS: Record<Part, readonly Section[]> = {
  sizing: [
    { title: 'prices', fields: ['token_price', 'topup_price', 'stock_out'], lists: ['tier', 'stock_out_of'] },
    { title: 'terms', fields: ['packs', 'carry_forward', 'lead_days', 'service', 'picked'], lists: [] },
  ],
  portfolio: [
    { title: 'prices', fields: ['token_price'], lists: ['tier', 'commitment'] },
    { title: 'seats', fields: ['seat_discount', 'within_term'], lists: ['seat_tier', 'minimum', 'keep'] },
    { title: 'must', fields: ['budget', 'token_budget', 'buffer', 'left_over'], lists: [] },
  ],
  renewal: [
    { title: 'prices', fields: ['token_price', 'topup_price', 'stock_out', 'picked'], lists: ['stock_out_of'] },
    { title: 'growth', fields: ['renewal.last_year', 'renewal.growth', 'renewal.trend.0', 'renewal.trend.1'], lists: [] },
    {
      title: 'levers',
      fields: [
        'renewal.tier',
        'renewal.commitment',
        'renewal.commit_to',
        'renewal.carry_forward',
        'renewal.freeze',
        'renewal.rise.0',
        'renewal.rise.1',
        'renewal.bundle',
      ],
      lists: [],
    },
  ],
};

/** The field or the list that a place such as `tier.0.discount` is of. */
export const nameOf = (place: string) => place.replace(/\.\d+\.[a-z_]+$/, '') as FieldName | ListName;

/** Whether a part has this field or list in its form. */
export const isShown = (part: Part, name: FieldName | ListName) =>
  PARTS[part].some(({ fields, lists }) => [...fields, ...lists].includes(name));

/** The fields and lists in which something stands. */
export function entered({ lists, ...fields }: Draft): (FieldName | ListName)[] {
  const isFilled = ([, rows]: [string, Draft['lists'][ListName]]) => rows.some((row) => Object.values(row).some(Boolean));
  const written = Object.entries(fields).filter(([, text]) => text.trim() !== '');
  return [...written, ...Object.entries(lists).filter(isFilled)].map(([name]) => name as FieldName | ListName);
}
