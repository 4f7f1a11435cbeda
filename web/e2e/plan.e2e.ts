import { expect, test } from '@playwright/test';
import { ask } from './api';
import { given } from './given';
import { everyLook } from './look';

test('those to be moved are filtered by the server, each with a reason', async ({ page, request }) => {
  const { rows } = await ask(request, '/v1/recommendations', { moves: 'true' });
  await page.goto('/plan');
  await page.getByLabel('Change').selectOption('true');
  await expect(page).toHaveURL(/moves=/);
  await expect(page.getByRole('table')).toHaveAttribute('aria-rowcount', String(rows.length + 1));
  await expect(page.getByRole('row').nth(1)).toContainText(/days? of use a year/);
});

test('a plan is drawn, approved by somebody else, carried out and verified', async ({ page, request }) => {
  const name = `Plan ${Date.now() % 1_000_000}`;
  const drawn = await request.post('/v1/plans', {
    headers: { Authorization: `Bearer ${given('FAREGATE_API_KEY')}`, 'Idempotency-Key': crypto.randomUUID() },
    data: { name },
  });
  expect(drawn.ok(), await drawn.text()).toBe(true);
  await page.goto('/plan/plans');
  await page.getByRole('link', { name }).click();
  const made = page.getByRole('button', { name: /^Made:/ }).first();
  await expect(made).toBeDisabled();
  await expect(page.getByText('Moves can be made once the plan is approved.')).toBeVisible();
  await page.getByLabel('Reason of the decision').fill('it saves');
  await page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByText('Approved', { exact: true })).toBeVisible();
  await made.click();
  await expect(page.getByRole('heading', { name: 'What was saved' })).toBeVisible();
  await page.getByRole('button', { name: /^Take back:/ }).first().click();
  await expect(page.getByRole('button', { name: /^Take back:/ })).toHaveCount(0);
});

test('a plan that one draws in the page is opened', async ({ page }) => {
  await page.goto('/plan/plans');
  await expect(page.getByRole('button', { name: 'Draw' })).toBeDisabled();
  await page.getByLabel('Name of the plan').fill('Of the page');
  await page.getByRole('button', { name: 'Draw' }).click();
  await expect(page.getByRole('heading', { name: 'Of the page' })).toBeVisible();
});

test('the drawn years are bars or a table, and the address says which', async ({ page }) => {
  await page.goto('/plan/sizing');
  await expect(page.getByRole('img', { name: /^Bars of how many drawn years/ })).toBeVisible();
  await page.getByRole('group', { name: /^View as/ }).getByRole('button', { name: 'Table' }).click();
  await expect(page).toHaveURL(/view=table/);
  await expect(page.getByRole('columnheader', { name: 'Years' })).toBeVisible();
});

everyLook('plan', '/plan', (page) => page.getByRole('table'));
everyLook('plans', '/plan/plans', (page) => page.getByRole('heading', { name: 'Draw a plan' }));
everyLook('sizing', '/plan/sizing', (page) => page.getByRole('table'));
everyLook('portfolio', '/plan/portfolio', (page) => page.getByRole('table').first());
everyLook('renewal', '/plan/renewal', (page) => page.getByRole('table').first());
