/**
 * The HTTP API as types, in the shape that openapi-typescript writes.
 * Written by hand until `docs/reference/openapi.json` exists; `npm run types` replaces this file.
 */
export interface paths {
  '/v1/me': { get: Get<never, components['schemas']['Me']> };
  '/v1/summary': { get: Get<never, components['schemas']['Summary']> };
  '/v1/burn/daily': { get: Get<{ from: string; to: string }, components['schemas']['DailyBurn']> };
  '/v1/burn': {
    get: Get<
      { by: 'product' | 'person' | 'bucket' | 'day'; from: string; to: string; limit?: number },
      components['schemas']['Burn']
    >;
  };
  '/v1/balances': { get: Get<never, components['schemas']['Balances']> };
  '/v1/sessions': {
    get: Get<{ state?: 'open'; limit?: number; cursor?: string }, components['schemas']['SessionPage']>;
  };
}

interface Get<Query, Body> {
  parameters: { query?: Query };
  responses: { 200: { content: { 'application/json': Body } } };
}

export interface components {
  schemas: {
    Problem: {
      type?: string;
      title?: string;
      status?: number;
      detail?: string;
      code?: string;
      help?: string;
    };
    Me: { name: string; roles: string[] };
    Money: { amount: string; currency: string };
    Amount: { tokens: number; money?: components['schemas']['Money'] | null };
    Estimate: components['schemas']['Amount'] & { low: number; high: number; method: string };
    Contract: {
      id: string;
      name: string;
      zone: string;
      tariff: string;
      price?: components['schemas']['Money'] | null;
    };
    Summary: {
      as_of: string;
      seq: number;
      contract: components['schemas']['Contract'];
      balance: { purchased: number; left: number; held: number; available: number; uncovered: number };
      burn: {
        today: components['schemas']['Amount'];
        yesterday: components['schemas']['Amount'];
        month_to_date: components['schemas']['Amount'];
        projected_month: components['schemas']['Estimate'];
      };
      open_sessions: number;
      text: string;
    };
    DailyBurn: {
      from: string;
      to: string;
      zone: string;
      days: string[];
      series: { key: string; name: string; tokens: number[] }[];
      plan?: number[] | null;
      total: components['schemas']['Amount'];
      text: string;
    };
    Burn: {
      by: string;
      from: string;
      to: string;
      rows: {
        key: string;
        name: string;
        tokens: number;
        money?: components['schemas']['Money'] | null;
        charges: number;
        share: number;
      }[];
      total: components['schemas']['Amount'];
      text: string;
    };
    Balances: {
      packs: { id: number; name: string; bought: number; remaining: number; starts: string; ends: string }[];
      unallocated: number;
      buckets: {
        key: string;
        name: string;
        allocated: number;
        spent: number;
        held: number;
        available: number;
      }[];
      text: string;
    };
    Session: {
      id: string;
      person: string;
      person_name: string;
      product: string;
      product_name: string;
      host: string;
      opened_at: string;
      last_seen: string;
      route: 'tokens' | 'seat';
      bucket?: string | null;
      bucket_name?: string | null;
      tokens: number;
    };
    SessionPage: {
      rows: components['schemas']['Session'][];
      next?: string | null;
      total: number;
    };
  };
}
