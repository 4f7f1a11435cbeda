/**
 * The answers of the API under the domain's names.
 * Taken from the paths, not from the schema names, so that a renamed schema breaks nothing.
 */
import type { paths } from './schema';

export type GetPath = keyof paths & `/v1/${string}`;

type Get<P extends keyof paths> = paths[P] extends { get: infer G } ? G : never;

export type Answer<P extends keyof paths> =
  Get<P> extends { responses: { 200: { content: { 'application/json': infer Body } } } } ? Body : never;

export type Me = Answer<'/v1/me'>;
export type Summary = Answer<'/v1/summary'>;
export type Usage = NonNullable<Summary['usage']>;
export type Amount = Summary['burn']['today'];
export type Estimate = Summary['burn']['projected_month'];
export type Money = NonNullable<Amount['money']>;
export type DailyBurn = Answer<'/v1/burn/daily'>;
export type Burn = Answer<'/v1/burn'>;
export type BurnRow = Burn['rows'][number];
export type Stale = DailyBurn['stale'][number];
export type Sources = Answer<'/v1/sources'>;
export type Source = Sources['sources'][number];
export type Balances = Answer<'/v1/balances'>;
export type Bucket = Balances['buckets'][number];
export type Pack = Balances['packs'][number];
export type SessionPage = Answer<'/v1/sessions'>;
export type Session = SessionPage['rows'][number];

/** The dimensions by which the pages rank a range's burn. */
export type BurnBy = 'product' | 'person' | 'bucket' | 'day';
