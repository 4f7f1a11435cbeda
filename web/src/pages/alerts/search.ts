/** What the address of the alerts says: whether those that are over are shown too. */
export type AlertsSearch = { state?: 'all' };

/** Reads an address leniently: what cannot be understood is left out. */
export function readAlertsSearch(raw: Record<string, unknown>): AlertsSearch {
  return raw.state === 'all' ? { state: 'all' } : {};
}
