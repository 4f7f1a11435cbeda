/** From a rule to what was done: it is written on the page, crossed, seen, taken on, handled and removed. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { ask } from './api';
import { given, SCREENSHOTS } from './given';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// Some tokens of the contract were used: the limit is crossed as soon as the rule is watched.
const RULE = (key: string) => `
[[rule]]
key = "${key}"
name = "Less than all is left (${key})"
watch = "left"
below = "99 %"
severity = "critical"
[[rule.step]]
text = "Look at who burns most of the {left} that are left."
do = "review-people"
[[rule.step]]
text = "Tell the owners."
`;

async function sound(page: Page, name: string) {
  await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const);
  expect(width[0], 'nothing overflows sideways').toBeLessThanOrEqual(width[1]);
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
}

test('a rule is set, crossed, and its alert seen, taken on, handled and over', async ({ page }) => {
  const key = `all-left-${Date.now()}`;
  const name = `Less than all is left (${key})`;
  await page.goto('/alerts/rules');
  await expect(page.getByRole('heading', { name: 'Rules', level: 2 })).toBeVisible();
  const editor = page.getByLabel('Rules in TOML');
  const add = page.getByRole('button', { name: 'Add rules' });
  await expect(editor.or(add)).toBeVisible();
  if (await add.isVisible()) await add.click();
  await editor.fill(RULE(key));
  await page.getByRole('button', { name: 'Try on the last year' }).click();
  await expect(page.getByRole('heading', { name: 'What the last year would have brought' })).toBeVisible();
  await page.getByRole('button', { name: 'Watch', exact: true }).click();
  await expect(page.getByText('is watched from now on')).toBeVisible();

  await page.getByRole('navigation', { name: 'Parts of monitoring' }).getByRole('link', { name: 'Alerts' }).click();
  const row = page.getByRole('link', { name: new RegExp(key) });
  await expect(row).toBeVisible({ timeout: 10_000 });
  await expect(row).toContainText('Critical');
  await row.click();
  await expect(page).toHaveURL(/\/alerts\/a\d+/);

  const alert = page.getByRole('region', { name });
  await alert.getByLabel('Note').fill('I look at it');
  await alert.getByRole('button', { name: 'Take on' }).click();
  await expect(alert.getByText('I look at it')).toBeVisible();
  await expect(alert.getByRole('button', { name: 'Take on' })).toBeDisabled();
  await expect(row).toContainText('Taken on');
  await alert.getByRole('button', { name: 'Step 1: Review people' }).click();
  await expect(alert.getByText('Step 1 done')).toBeVisible();
  await alert.getByLabel('Note').fill('told all of them');
  await alert.getByRole('button', { name: 'Step 2: Done' }).click();
  const history = alert.getByRole('listitem').filter({ hasText: 'Step 2 done' });
  await expect(history).toContainText('told all of them');
  await expect(alert.getByRole('button', { name: 'Step 2: Done' })).toBeDisabled();

  await page.getByRole('link', { name: 'Rules', exact: true }).click();
  await page.getByRole('button', { name: `Remove ${name}` }).click();
  await page.getByRole('button', { name: 'Remove the rule' }).click();
  await expect(page.getByText('is watched no longer')).toBeVisible();
  await page.goto('/alerts?state=all');
  await expect(row).toContainText('Over');
});

test.describe('what the pages of monitoring show', () => {
  const key = `shown-${process.pid}`;
  const headers = () => ({ Authorization: `Bearer ${given('FAREGATE_API_KEY')}`, 'Idempotency-Key': crypto.randomUUID() });

  test.beforeAll(async ({ request }) => {
    const data = { order: 'set-alert-rules', text: RULE(key) };
    const set = await request.post('/v1/orders', { headers: headers(), data });
    expect(set.ok(), await set.text()).toBe(true);
  });

  test.afterAll(async ({ request }) => {
    await request.post('/v1/orders', { headers: headers(), data: { order: 'remove-alert-rule', key } });
  });

  for (const scheme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      test.describe(`${scheme}, ${width} px`, () => {
        test.use({ colorScheme: scheme, viewport: { width, height: 900 } });

        test('is accessible', async ({ page }) => {
          await page.goto('/alerts');
          const row = page.getByRole('link', { name: new RegExp(key) });
          await expect(row).toBeVisible({ timeout: 10_000 });
          await sound(page, `alerts-${scheme}-${width}`);
          await row.click();
          await expect(page.getByRole('button', { name: 'Take on' })).toBeVisible();
          await sound(page, `alert-${scheme}-${width}`);
          await page.goto('/alerts/rules');
          await page.getByRole('button', { name: 'Add rules' }).click();
          await expect(page.getByLabel('Rules in TOML')).toBeVisible();
          await sound(page, `alert-rules-${scheme}-${width}`);
          await page.goto('/alerts/channels');
          await expect(page.getByRole('heading', { name: 'Latest deliveries' })).toBeVisible();
          await sound(page, `channels-${scheme}-${width}`);
        });
      });
    }
  }
});

test('the forecast shows the numbers of the API, and its table every day', async ({ page, request }) => {
  await page.goto('/burn?ahead=table');
  const panel = page.getByRole('region', { name: 'What is to come' });
  await expect(panel.getByTestId('forecast-table')).toBeVisible();
  const format = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
  await expect(async () => {
    const { tokens, month_end } = await ask(request, '/v1/forecasts');
    const cells = panel.getByTestId('forecast-table').locator('tbody td');
    expect(await cells.allTextContents()).toEqual(tokens.map((expected) => format.format(expected)));
    await expect(panel.getByText(format.format(month_end?.expected ?? 0), { exact: true })).toBeVisible({
      timeout: 1_000,
    });
  }).toPass({ timeout: 15_000 });
});
