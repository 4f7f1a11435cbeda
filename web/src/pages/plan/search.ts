/** What the address of planning says: what the vendor offers, for all of its parts. */
export type PlanSearch = {
  /** In TOML. */
  offer?: string;
};

/** A longer offer is calculated too, but no address can hold it. */
export const OFFER_LENGTH_MAX = 2_000;

/** Reads an address leniently: what cannot be understood is left out. */
export function readPlanSearch({ offer }: Record<string, unknown>): PlanSearch {
  const isOffer = typeof offer === 'string' && offer !== '' && offer.length <= OFFER_LENGTH_MAX;
  return isOffer ? { offer } : {};
}
