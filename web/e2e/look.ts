/** Looks at a page in both schemes, wide and narrow: accessible, within its width, and kept as a picture. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type APIRequestContext, type Locator, type Page } from '@playwright/test';
import { SCREENSHOTS } from './given';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** An address, or how the server is asked for one: the demonstration is another one every day. */
type Address = string | ((request: APIRequestContext) => Promise<string>);

export function everyLook(name: string, address: Address, awaited: (page: Page) => Locator) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      test.describe(`${colorScheme}, ${width} px`, () => {
        test.use({ colorScheme, viewport: { width, height: width > 500 ? 900 : 844 } });

        test(`${name} is accessible`, async ({ page, request }) => {
          await page.goto(typeof address === 'string' ? address : await address(request));
          await expect(awaited(page)).toBeVisible();
          await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0);
          await page.waitForFunction(() => document.getAnimations().every((it) => it.playState !== 'running'));
          const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
          expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
          // A page that was scrolled would have its head in the middle of the picture.
          await page.evaluate(() => window.scrollTo(0, 0));
          await page.screenshot({ path: `${SCREENSHOTS}/${name}-${colorScheme}-${width}.png`, fullPage: true });
        });
      });
    }
  }
}
