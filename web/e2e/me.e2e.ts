import { expect, test, type BrowserContext } from '@playwright/test';
import { byKey, makeAccount, signIn } from './accounts';
import { ask, shown } from './api';
import { everyLook } from './look';

test.describe('as a designer', () => {
  let state: Awaited<ReturnType<BrowserContext['storageState']>>;
  // It is known only once they have signed in.
  test.use({ storageState: async ({}, use) => use(state) });

  test.beforeAll(async ({ browser, request }) => {
    const { rows } = await ask(request, '/v1/burn', { by: 'person', limit: '1' }, byKey());
    const designer = rows[0]?.key ?? '';
    await makeAccount(request, designer, 'member');
    const use = test.info().project.use;
    const context = await browser.newContext({ baseURL: use.baseURL, storageState: { cookies: [], origins: [] } });
    const page = await context.newPage();
    await page.goto('/');
    await signIn(page, designer);
    await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
    state = await context.storageState();
    await context.close();
  });

  test('one’s own numbers are those of the API', async ({ page, request }) => {
    await page.goto('/me?range=365d');
    const { total } = await ask(request, '/v1/me/burn', {
      from: new Date(Date.now() - 364 * 86_400_000).toISOString().slice(0, 10),
    });
    const used = page.getByRole('region', { name: 'What I used' });
    await expect(used.getByText(new RegExp(`^${shown(total.tokens)} tokens`))).toBeVisible();
  });

  everyLook('me', '/me?product=revit&range=365d', (page) => page.getByRole('region', { name: 'What I used' }).getByRole('table'));
});
