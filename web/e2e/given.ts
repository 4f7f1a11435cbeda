/** What whoever starts the server has to say; without it the tests fail rather than pass for want of it. */
export function given(name: 'FAREGATE_SIGN_IN' | 'FAREGATE_API_KEY' | 'FAREGATE_BINARY'): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests through tools/e2e.sh`);
  return value;
}

/** Where the pictures go, seen from `web`. */
export const SCREENSHOTS = process.env.FAREGATE_SCREENSHOTS ?? '../artifacts/screenshots';
