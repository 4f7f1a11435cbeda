import { expect, test } from '@playwright/test';
import { ask } from './api';
import { everyLook } from './look';

test('a report is made of what is chosen, and its link gives the same file', async ({ page, request }) => {
  await page.goto('/reports');
  await page.getByRole('link', { name: /^Burn ?What was spent/ }).click();
  const form = page.getByRole('form', { name: 'Make: Burn' });
  await form.getByRole('combobox', { name: 'Period' }).selectOption('Last month');
  await form.getByRole('combobox', { name: 'Format' }).selectOption('pdf');
  await expect(page).toHaveURL(/report=burn.*format=pdf/);
  const arrived = page.waitForEvent('download');
  await form.getByRole('button', { name: 'Download' }).click();
  const download = await arrived;
  expect(download.suggestedFilename()).toMatch(/\.pdf$/);
  await expect(form.getByText(`${download.suggestedFilename()} is in your downloads.`)).toBeVisible();
  const href = await form.getByRole('link', { name: 'Link to this file' }).getAttribute('href');
  const again = await request.get(href ?? '');
  expect((await again.body()).subarray(0, 5).toString()).toBe('%PDF-');
});

test('every report of the library can be made in its usual format', async ({ page, request }) => {
  const { rows } = await ask(request, '/v1/reports');
  await page.goto('/reports');
  for (const { name, title } of rows) {
    await page.goto(`/reports?report=${name}`);
    const arrived = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    expect((await arrived).suggestedFilename(), title).toBeTruthy();
  }
});

everyLook('reports', '/reports?report=burn', (page) => page.getByRole('form', { name: 'Make: Burn' }));
