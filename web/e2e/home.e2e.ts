import { expect, test } from '@playwright/test';
import { ask, shown } from './api';
import { everyLook } from './look';

test('the overview shows the numbers of the API, and leads to what waits', async ({ page, request }) => {
  await page.goto('/');
  const standing = page.getByRole('region', { name: 'Where the tokens stand' });
  await expect(async () => {
    const { balance } = await ask(request, '/v1/summary');
    await expect(standing.getByText(shown(balance.left), { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
  await page.getByRole('region', { name: 'What needs a decision' }).getByRole('link').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('links of before lead on: the overview’s own address, and days of Burn', async ({ page }) => {
  await page.goto('/overview');
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  await page.goto('/?range=7d');
  await expect(page.getByRole('heading', { name: 'Burn', level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/burn\?range=7d/);
});

everyLook('home', '/', (page) => page.getByRole('region', { name: 'What needs a decision' }).getByRole('link').first());
