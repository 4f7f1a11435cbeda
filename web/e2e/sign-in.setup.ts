import { expect, test } from '@playwright/test';
import { given } from './given';

test('whoever is not signed in is asked to', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Sign in to Faregate' })).toBeVisible();
  // Beside other ways to sign in, the link is one of them.
  const byLink = page.getByRole('button', { name: 'Sign in with a one-time link' });
  await expect(byLink.or(page.getByLabel('Link or code'))).toBeVisible();
  if (await byLink.isVisible()) await byLink.click();
  await page.getByLabel('Link or code').fill('http://127.0.0.1/sign-in?token=certainly-wrong');
  await page.getByRole('button', { name: 'Sign in with the link' }).click();
  await expect(page.getByRole('main').getByRole('status')).toBeVisible();
});

test('the printed link signs in, once', async ({ page, context }) => {
  await page.goto(given('FAREGATE_SIGN_IN'));
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  await context.storageState({ path: 'test-results/signed-in.json' });
});
