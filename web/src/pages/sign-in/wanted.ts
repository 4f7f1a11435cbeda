/** What the address says while nobody is signed in: where the reader wanted to go, and why they are not there yet. */

/** With which the server sends a browser back that it did not let in. */
const TOLD = ['sign-in', 'failed'];

/** The address that was wanted, without what the server has added to it. */
export function wantedAddress(address = window.location.href): string {
  const { pathname, searchParams } = new URL(address);
  TOLD.forEach((key) => searchParams.delete(key));
  return searchParams.size > 0 ? `${pathname}?${searchParams}` : pathname;
}

/** Why the server let nobody in, if it sent the browser here for that. */
export function failedCode(address = window.location.href): string | undefined {
  const { searchParams } = new URL(address);
  return searchParams.get('sign-in') === 'stale' ? 'link-used' : (searchParams.get('failed') ?? undefined);
}

/** Forgets why, once somebody is in. */
export function forgetFailure(): void {
  if (failedCode()) window.history.replaceState(null, '', wantedAddress());
}
