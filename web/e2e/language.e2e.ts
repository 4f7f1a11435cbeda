import { expect, test } from '@playwright/test';

test('the pages speak the language that was chosen, and remember it', async ({ page }) => {
  await page.goto('/burn');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.getByRole('button', { name: /^Account:/ }).click();
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
  await expect(page.getByRole('heading', { name: 'Verbrauch', level: 1 })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.goto('/alerts');
  await expect(page.getByRole('heading', { name: 'Warnungen', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: /^Konto:/ }).click();
  await page.getByRole('menuitemradio', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Alerts', level: 1 })).toBeVisible();
});

test.describe('a German browser', () => {
  test.use({ locale: 'de-AT' });

  test('is answered in German, and only that catalogue is loaded', async ({ page }) => {
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    await page.goto('/sources');
    await expect(page.getByRole('heading', { name: 'Quellen', level: 1 })).toBeVisible();
    expect(loaded.filter((path) => /\/assets\/de-/.test(path))).toHaveLength(1);
    expect(loaded.filter((path) => /\/assets\/en-/.test(path))).toHaveLength(0);
  });
});
