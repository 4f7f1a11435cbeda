import { expect, test, type Page } from '@playwright/test';
import { ask, shown } from './api';
import { given } from './given';

async function openBurn(page: Page, search = '') {
  await page.goto(`/burn${search}`);
  await expect(page.getByRole('group', { name: 'Tokens left' })).toBeVisible();
}

test('the tiles show the numbers of the API', async ({ page, request }) => {
  await openBurn(page);
  await expect(async () => {
    const { balance, burn, open_sessions } = await ask(request, '/v1/summary');
    const tiles: [string, number][] = [
      ['Tokens left', balance.left],
      ['Burned today', burn.today.tokens],
      ['Yesterday', burn.yesterday.tokens],
      ['This month', burn.month_to_date.tokens],
      ['Projected to month end', burn.projected_month.tokens],
      ['Sessions open now', open_sessions],
    ];
    for (const [name, value] of tiles) {
      // The table of sessions bears the name of its tile.
      const tile = page.getByRole('region', { name: 'Key figures' }).getByRole('group', { name, exact: true });
      await expect(tile.getByText(shown(value), { exact: true })).toBeVisible({ timeout: 1_000 });
    }
    await expect(page.getByText(`of ${shown(balance.purchased)} purchased`)).toBeVisible();
  }).toPass({ timeout: 15_000 });
});

test('the table twin shows every number of the chart', async ({ page, request }) => {
  await openBurn(page, '?view=table');
  const from = await page.getByLabel('From', { exact: true }).inputValue();
  const to = await page.getByLabel('To', { exact: true }).inputValue();
  await expect(page.getByTestId('daily-table')).toBeVisible();
  await expect(async () => {
    const daily = await ask(request, '/v1/burn/daily', { from, to });
    const expected = daily.days.map((_, day) => daily.series.map((series) => shown(series.tokens[day] ?? 0))).reverse();
    const rows = page.getByTestId('daily-table').locator('tbody tr');
    const actual = await rows.evaluateAll(
      (all, width) =>
        all.map((row) => [...row.querySelectorAll('td')].slice(0, width).map((cell) => cell.textContent ?? '')),
      daily.series.length,
    );
    expect(actual).toEqual(expected);
  }).toPass({ timeout: 15_000 });
});

test('opening a session moves the page without a reload', async ({ page, request }) => {
  const key = given('FAREGATE_API_KEY');
  await openBurn(page);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }));
  const before = await ask(request, '/v1/summary');
  const to = before.as_of.slice(0, 10);
  const from = new Date(Date.parse(to) - 89 * 86_400_000).toISOString().slice(0, 10);
  const persons = await ask(request, '/v1/burn', { by: 'person', from, to, limit: '1' });
  const host = `WS-${Date.now() % 1_000_000}`;
  const opened = await request.post('/v1/sessions', {
    headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': crypto.randomUUID() },
    data: { person: persons.rows[0]?.key, product: 'revit', host },
  });
  expect(opened.ok(), await opened.text()).toBe(true);
  const figures = page.getByRole('region', { name: 'Key figures' });
  const tile = figures.getByRole('group', { name: 'Sessions open now', exact: true });
  await expect(tile.getByText(shown(before.open_sessions + 1), { exact: true })).toBeVisible();
  await page.getByLabel('Filter the sessions').fill(host);
  await expect(page.getByRole('cell', { name: host })).toBeVisible();
  expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true);
});

test('the range lives in the address', async ({ page }) => {
  await openBurn(page);
  await page.getByRole('button', { name: '90 days' }).click();
  await expect(page).toHaveURL(/range=90d/);
  await page.reload();
  await expect(page.getByRole('button', { name: '90 days' })).toHaveAttribute('aria-pressed', 'true');
  const to = await page.getByLabel('To', { exact: true }).inputValue();
  await page.getByLabel('From', { exact: true }).fill(to);
  await expect(page).toHaveURL(new RegExp(`from=${to}&to=${to}`));
});

test('the keyboard reaches the chart, its table and its days', async ({ page }) => {
  await openBurn(page);
  const chart = page.getByRole('group', { name: /^Chart of tokens burned/ });
  await expect(chart.locator('canvas')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await tabTo(page, 'View as table');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('daily-table')).toBeVisible();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(chart).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(chart.getByRole('status')).not.toBeEmpty();
});

async function tabTo(page: Page, name: string) {
  const target = page.getByRole('button', { name });
  for (let presses = 0; presses < 25; presses++) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${name} is not within 25 presses of Tab`);
}

test('from a department to a product, a person and the days, and the address leads there again', async ({ page, request }) => {
  await page.goto('/burn');
  const drill = page.getByRole('region', { name: 'Who burned what' });
  const step = async () => {
    const link = drill.getByRole('rowheader').getByRole('link').first();
    await link.click();
  };
  const heads = ['Department', 'Product', 'Person'];
  for (const head of heads) {
    await expect(drill.getByRole('columnheader', { name: head })).toBeVisible();
    await step();
  }
  await expect(drill.getByRole('columnheader', { name: 'Day', exact: true })).toBeVisible();
  await expect(page).toHaveURL(/group=.*product=.*person=/);
  const asked = new URL(page.url()).searchParams;
  const { from, to } = await ask(request, '/v1/burn/daily');
  const days = { by: 'day', group: asked.get('group')!, product: asked.get('product')!, person: asked.get('person')! };
  const { rows } = await ask(request, '/v1/burn', { ...days, from, to, limit: '1' });
  expect(rows.length).toBeGreaterThan(0);
  await page.reload();
  await expect(drill.getByText(/in the 28 days before/)).toBeVisible();
});

test('the hours of the week are read with the arrow keys', async ({ page }) => {
  await page.goto('/burn');
  await page.getByRole('group', { name: 'Tokens by hour and day of the week' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('status').filter({ hasText: 'Monday, 00:00–01:00' })).toHaveCount(1);
});
