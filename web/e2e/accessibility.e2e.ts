import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { SCREENSHOTS } from './given';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test.describe(`${scheme}, ${width} px`, () => {
      test.use({ colorScheme: scheme, viewport: { width, height: width > 500 ? 900 : 844 } });

      for (const [name, search] of [
        ['burn', ''],
        ['burn-table', '?view=table'],
      ] as const) {
        test(`${name} is accessible`, async ({ page }) => {
          await page.goto(`/burn${search}`);
          await expect(page.getByRole('heading', { name: 'Sessions open now' })).toBeVisible();
          await expect(page.locator('canvas, [data-testid=daily-table]').first()).toBeVisible();
          await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
          // The chart fades in.
          await page.waitForFunction(() => document.getAnimations().every((it) => it.playState !== 'running'));
          const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
          expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
          await page.screenshot({ path: `${SCREENSHOTS}/${name}-${scheme}-${width}.png`, fullPage: true });
        });
      }

      test('the sources are accessible', async ({ page }) => {
        await page.goto('/sources?import=1');
        await expect(page.getByRole('button', { name: 'Take it back…' })).toBeVisible();
        await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
        const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await page.screenshot({ path: `${SCREENSHOTS}/sources-${scheme}-${width}.png`, fullPage: true });
      });

      test('nothing overflows sideways', async ({ page }) => {
        await page.goto('/burn');
        await expect(page.getByRole('heading', { name: 'Sessions open now' })).toBeVisible();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      });
    });
  }
}
