import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { ask } from './api';
import { SCREENSHOTS } from './given';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What lies behind a dialogue is out of reach: the dialogue alone is looked at. */
async function isAccessible(page: Page) {
  await page.waitForFunction(() => document.getAnimations().every((it) => it.playState !== 'running'));
  const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').withTags(TAGS).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

test('the keyboard alone reaches every page, and the heading says which', async ({ page }) => {
  await page.goto('/sources');
  await expect(page.getByRole('heading', { name: 'Sources', level: 1 })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await expect(page.getByRole('heading', { name: 'Alerts', level: 1 })).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('sour');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Sources', level: 1 })).toBeFocused();
});

test('the palette finds a person whom the server knows', async ({ page, request }) => {
  const name = (await ask(request, '/v1/people', { limit: '1' })).rows[0]?.name ?? '';
  await page.goto('/sources');
  await page.getByRole('button', { name: 'Search and commands' }).click();
  await page.getByRole('combobox').fill(name);
  await expect(page.getByRole('option', { name: `${name} People` })).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test.describe(`${scheme}, ${width} px`, () => {
      test.use({ colorScheme: scheme, viewport: { width, height: 844 } });

      test('the palette and the list of keys are accessible', async ({ page }) => {
        await page.goto('/sources');
        await expect(page.getByRole('region', { name: 'What was taken in' }).getByRole('table')).toBeVisible();
        await page.keyboard.press('Control+k');
        await expect(page.getByRole('option').first()).toBeInViewport();
        await isAccessible(page);
        await page.screenshot({ path: `${SCREENSHOTS}/palette-${scheme}-${width}.png` });
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toHaveCount(0);
        await page.keyboard.press('?');
        await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
        await isAccessible(page);
      });
    });
  }

  test.describe(`${scheme}, on a phone`, () => {
    test.use({ colorScheme: scheme, viewport: { width: 390, height: 844 } });

    test('the drawer is accessible and leads on', async ({ page }) => {
      await page.goto('/sources');
      await page.getByRole('button', { name: 'Open the list of pages' }).click();
      await expect(page.getByRole('dialog').getByRole('link', { name: 'Sources' })).toHaveAttribute('aria-current', 'page');
      await isAccessible(page);
      await page.screenshot({ path: `${SCREENSHOTS}/drawer-${scheme}.png` });
      await page.getByRole('dialog').getByRole('link', { name: /^Alerts/ }).click();
      await expect(page.getByRole('heading', { name: 'Alerts', level: 1 })).toBeFocused();
    });
  });
}
