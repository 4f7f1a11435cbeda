/** Accounts that the tests make through the API, and signing in with them as a person would. */
import { expect, type APIRequestContext, type Page } from '@playwright/test';
import { given } from './given';

/** Of every account that a test makes. */
export const PASSWORD = 'four words for tests';

/** The administrator's key, where nobody is signed in. */
export const byKey = () => ({ Authorization: `Bearer ${given('FAREGATE_API_KEY')}` });

/** Makes an account, or gives one that is there the role and the password. */
export async function makeAccount(request: APIRequestContext, name: string, role: string, mustChange = false) {
  const headers = byKey();
  const change = { role, password: PASSWORD, must_change: mustChange };
  const added = await request.post('/v1/accounts', { headers, data: { name, ...change } });
  if (added.status() !== 409) return expect(added.ok(), await added.text()).toBe(true);
  const changed = await request.patch(`/v1/accounts/${name}`, { headers, data: { ...change, disabled: false } });
  expect(changed.ok(), await changed.text()).toBe(true);
}

/** Writes name and password, and sends them off. */
export async function signIn(page: Page, name: string, password = PASSWORD) {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
