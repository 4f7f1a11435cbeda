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

test('whoever wants a report by mail is told what it takes, or asks for it', async ({ page, request }) => {
  const { channels } = await ask(request, '/v1/report-schedules');
  await page.goto('/reports');
  const panel = page.getByRole('region', { name: 'Sent by mail' });
  if (channels.length === 0) {
    await panel.getByRole('link', { name: 'What channels there are' }).click();
    await expect(page.getByRole('heading', { name: 'Channels' })).toBeVisible();
    return;
  }
  const key = `e2e-${Date.now()}`;
  await panel.getByLabel('Recipients').fill('ana@acme.example');
  await panel.getByRole('textbox', { name: /^Name/ }).fill(key);
  await panel.getByRole('button', { name: 'Have it sent' }).click();
  await panel.getByRole('button', { name: `Send ${key} now` }).click();
  await expect(panel.getByText(`${key} is on its way`)).toBeVisible();
  await panel.getByRole('button', { name: `Remove ${key}` }).click();
  await expect(panel.getByRole('button', { name: `Remove ${key}` })).toHaveCount(0);
});
