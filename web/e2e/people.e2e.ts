import { expect, test } from '@playwright/test';
import { ask } from './api';
import { everyLook } from './look';

test('from the list to a person and to what speaks for a change', async ({ page, request }) => {
  const { rows } = await ask(request, '/v1/recommendations', { moves: 'true', limit: '1' });
  const advised = rows[0];
  if (!advised) throw new Error('the demonstration recommends nothing');
  await page.goto('/people');
  await page.getByRole('searchbox').fill(advised.name);
  await expect(page).toHaveURL(/q=/);
  await page.getByRole('link', { name: advised.name }).click();
  await expect(page.getByRole('heading', { name: advised.name, level: 1 })).toBeFocused();
  await expect(page.getByRole('region', { name: 'Recommendation' }).getByText(/a year on tokens/)).toBeVisible();
});

test('a filter of the seats is a view that is found again', async ({ page }) => {
  await page.goto('/seats');
  await page.getByRole('combobox', { name: 'Held' }).selectOption('free');
  await expect(page).toHaveURL(/state=free/);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('textbox', { name: 'Name of this view' }).fill('Spare');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.goto('/seats');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('button', { name: 'Spare', exact: true }).click();
  await expect(page).toHaveURL(/state=free/);
});

test('the arrow keys go through the rows', async ({ page }) => {
  await page.goto('/people');
  await page.locator('tbody a').first().focus();
  for (let row = 1; row <= 20; row += 1) await page.keyboard.press('ArrowDown');
  await expect(page.locator('tbody tr[aria-rowindex="22"] a')).toBeFocused();
  await expect(page.locator('tbody tr[aria-rowindex="22"] a')).toBeInViewport();
});

everyLook('people', '/people', (page) => page.getByRole('table'));
everyLook('seats', '/seats', (page) => page.getByRole('table'));
everyLook('person', '/people/michal.wright', (page) => page.getByText(/a year on tokens/).first());
