import { expect, test } from '@playwright/test';
import { ask } from './api';
import { given } from './given';
import { everyLook } from './look';

const bearer = () => ({ Authorization: `Bearer ${given('FAREGATE_API_KEY')}`, 'Idempotency-Key': crypto.randomUUID() });

test('use outside of a territory is found in the matrix, looked at and answered', async ({ page, request }) => {
  const { sites } = await ask(request, '/v1/sites');
  const abroad = sites.at(-1)!;
  const allowed = sites.map((site) => site.country).filter((country) => country !== abroad.country);
  const person = (await ask(request, '/v1/people')).rows.find(({ bucket }) => bucket)!;
  const text = `[[territory]]\nof = "bucket:${person.bucket}"\nallowed = ${JSON.stringify(allowed)}\nbreach = "quarantine"\n`;
  const taken = await request.post('/v1/estate', { headers: bearer(), data: { files: [{ name: 'estate.toml', text }] } });
  expect(taken.ok(), await taken.text()).toBe(true);
  const product = (await ask(request, '/v1/burn', { by: 'product', limit: '1' })).rows[0]!.key;
  const host = `WS-${Date.now() % 1_000_000}`;
  const data = { person: person.key, product, host, site: abroad.key, fare: 'tokens' };
  const opened = await request.post('/v1/sessions', { headers: bearer(), data });
  const { session } = (await opened.json()) as { session: string };
  expect(session, await opened.text()).toBeTruthy();
  await request.post(`/v1/sessions/${session}/close`, { headers: bearer() });

  await page.goto('/places');
  const row = page.getByRole('row', { name: new RegExp(`^${abroad.name}`) });
  await row.getByRole('link', { name: /breach/ }).first().click();
  await page.getByRole('combobox', { name: 'Which' }).selectOption('waiting');
  await page.getByRole('row').filter({ hasText: person.key }).getByRole('link').last().click();
  const panel = page.getByRole('region', { name: /^Breach \d+/ });
  await expect(panel.getByText(host)).toBeVisible();
  await expect(panel.getByText('The workstation says so')).toBeVisible();
  await expect(panel.getByRole('button', { name: 'It is in order' })).toBeDisabled();
  await panel.getByRole('textbox', { name: 'Why' }).fill('a visit to the other office');
  await panel.getByRole('button', { name: 'It is in order' }).click();
  await expect(panel.getByText(/was accepted/)).toBeVisible();
  await page.getByRole('combobox', { name: 'Which' }).selectOption('');
  await expect(panel.getByText('In order: a visit to the other office')).toBeVisible();
  await panel.getByRole('link', { name: 'Explain the decision' }).click();
  await expect(page.getByText(/^Decision \d+/)).toBeVisible();
});

test('use is a table by product over several months, and the address says so', async ({ page, request }) => {
  await page.goto('/places');
  await page.getByRole('combobox', { name: 'From month' }).selectOption({ index: 2 });
  await page.getByRole('combobox', { name: 'Columns' }).selectOption('product');
  await expect(page).toHaveURL(/from=\d{4}-\d{2}.*columns=product/);
  const from = `${new URL(page.url()).searchParams.get('from')}-01`;
  const { rows } = await ask(request, '/v1/places/use', { by: 'product', over: 'period', from });
  expect(rows.length).toBeGreaterThan(0);
  await expect(page.getByRole('columnheader')).toHaveCount(new Set(rows.map(({ key }) => key)).size + 1);
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Columns' })).toHaveValue('product');
});

test('the map of hours is read with the arrow keys, and is a table too', async ({ page }) => {
  await page.goto('/places/sharing');
  const map = page.getByRole('group', { name: 'Use by region and hour of the day' });
  await map.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('main').getByRole('status').filter({ hasText: '00:00–01:00 UTC' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Table' }).click();
  await expect(page).toHaveURL(/view=table/);
  await expect(page.getByRole('row', { name: /^23:00–24:00/ })).toBeVisible();
});

everyLook('places', '/places', (page) => page.getByRole('table'));
everyLook('places-breaches', '/places/breaches', (page) => page.getByRole('region', { name: 'Use outside of its territory' }).getByRole('link').first());
everyLook('places-sharing', '/places/sharing', (page) => page.getByRole('group', { name: 'Use by region and hour of the day' }));
everyLook('places-sites', '/places/sites', (page) => page.getByRole('table').first());
