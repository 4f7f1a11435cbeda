import { expect, test } from '@playwright/test';
import { makeAccount, PASSWORD, signIn } from './accounts';
import { everyLook } from './look';

test.describe('with a name and a password', () => {
  // Nobody is signed in.
  test.use({ storageState: { cookies: [], origins: [] } });

  test('one comes to where one wanted to go, and out again', async ({ page, request }) => {
    await makeAccount(request, 'e2e.auditor', 'viewer');
    await page.goto('/seats?state=free');
    await signIn(page, 'e2e.auditor', 'not this one at all');
    await expect(page.getByText('The name or the password is wrong')).toBeVisible();
    await signIn(page, 'e2e.auditor');
    await expect(page.getByRole('heading', { name: 'Seats', level: 1 })).toBeVisible();
    await expect(page).toHaveURL(/state=free/);
    await page.getByRole('button', { name: 'Account: e2e.auditor' }).click();
    await expect(page.getByText('Auditor', { exact: true })).toBeVisible();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in to Faregate' })).toBeVisible();
  });

  test('whoever got a password from somebody else chooses another one', async ({ page, request }) => {
    const name = `e2e.new-${Date.now()}`;
    await makeAccount(request, name, 'viewer', true);
    await page.goto('/seats');
    await signIn(page, name);
    const another = page.getByLabel('New password', { exact: true });
    await expect(another).toBeFocused();
    await another.fill('quite another one');
    await page.getByRole('button', { name: 'Change it and sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Seats', level: 1 })).toBeVisible();

    await page.getByRole('button', { name: `Account: ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Change my password' }).click();
    const dialogue = page.getByRole('dialog', { name: 'Change my password' });
    await dialogue.getByLabel('Password so far').fill('quite another one');
    await dialogue.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await dialogue.getByRole('button', { name: 'Change it' }).click();
    await expect(dialogue.getByText(/^Your password was changed/)).toBeVisible();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: `Account: ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Where I am signed in' }).click();
    await expect(page.getByText('This browser')).toBeVisible();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in to Faregate' })).toBeVisible();
  });

  test('whoever guesses waits, and is told how long', async ({ page, request }) => {
    const name = `e2e.guessed-${Date.now()}`;
    await makeAccount(request, name, 'viewer');
    await page.goto('/');
    await expect(async () => {
      await signIn(page, name, 'guessed and wrong');
      await expect(page.getByText('Too many tries have failed')).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
  });

  everyLook('sign-in', '/?failed=not-admitted', (page) => page.getByLabel('Password', { exact: true }));
});
