/** The main journey of each role: signed in as one of them, from the overview on, by role and label. */
import { expect, test, type APIRequestContext, type Page } from '@playwright/test';
import { byKey, makeAccount, signIn } from './accounts';
import { ask } from './api';

// Each signs in anew.
test.use({ storageState: { cookies: [], origins: [] } });

async function comeIn(page: Page, request: APIRequestContext, name: string, role: string) {
  await makeAccount(request, name, role);
  await page.goto('/');
  await signIn(page, name);
  await expect(page.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
}

const pages = (page: Page) => page.getByRole('navigation', { name: 'Pages' });
const go = (page: Page, name: string) => pages(page).getByRole('link', { name: new RegExp(`^${name}`) }).click();
const isNot = (page: Page, name: string) =>
  expect(pages(page).getByRole('link', { name, exact: true })).toHaveCount(0);

test('an administrator lets somebody in, makes a key and takes it back', async ({ page, request }) => {
  await comeIn(page, request, 'e2e.root', 'administrator');
  await go(page, 'Settings');
  const name = `e2e.eva-${Date.now()}`;
  await page.getByRole('button', { name: 'Add an account' }).click();
  const adding = page.getByRole('dialog', { name: 'Add an account' });
  await adding.getByLabel('Name to sign in with').fill(name);
  await adding.getByLabel('Role').selectOption('Approver');
  await adding.getByLabel('First password').fill('a first one for her');
  await adding.getByRole('button', { name: 'Add an account' }).click();
  const row = page.getByRole('row', { name: new RegExp(name) });
  await expect(row).toContainText('New password next');
  await row.getByRole('button', { name: `Change ${name}` }).click();
  await page.getByLabel('Let nobody in with this account').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(row).toContainText('Disabled');

  await page.getByRole('link', { name: 'Keys' }).click();
  const program = `power bi ${Date.now()}`;
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByLabel('Whose').fill(program);
  await page.getByRole('button', { name: 'Make it' }).click();
  await expect(page.getByText(/^fg_[0-9a-f]+$/)).toBeVisible();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('button', { name: new RegExp(`^Revoke ${program}`) }).click();
  await page.getByRole('button', { name: 'Revoke the key' }).click();
  await expect(page.getByRole('row', { name: new RegExp(program) })).toHaveCount(0);

  await page.getByRole('link', { name: 'Workstations' }).click();
  await page.getByRole('button', { name: 'Make codes' }).click();
  await expect(page.getByText(/^echo fge_/)).toBeVisible();
  await page.getByRole('link', { name: 'About' }).click();
  await expect(page.getByText('Decides')).toBeVisible();
});

test('a licence manager sees what burns, and who', async ({ page, request }) => {
  await comeIn(page, request, 'e2e.manager', 'licence-manager');
  const most = (await ask(request, '/v1/burn', { by: 'person', limit: '1' }, byKey())).rows[0];
  await page.getByRole('link', { name: 'Burn in detail' }).click();
  await expect(page.getByRole('heading', { name: 'Burn', level: 1 })).toBeFocused();
  await go(page, 'People');
  await page.getByRole('searchbox').fill(most?.name ?? '');
  await page.getByRole('link', { name: most?.name ?? '' }).first().click();
  await expect(page.getByRole('heading', { name: most?.name ?? '', level: 1 })).toBeVisible();
  await go(page, 'Plan');
  await expect(page.getByRole('table')).toBeVisible();
  await go(page, 'Settings');
  // Who comes in is not theirs: the settings begin with the contract.
  await expect(page.getByRole('region', { name: 'What is agreed' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Accounts' })).toHaveCount(0);
});

test('a designer asks for tokens, the owner of the bucket answers, and the designer sees it', async ({
  page,
  request,
  browser,
}) => {
  const { rows: buckets } = await ask(request, '/v1/buckets', {}, byKey());
  const { rows: people } = await ask(request, '/v1/people', { limit: '1000' }, byKey());
  const owned = buckets.find((bucket) => bucket.owners.length > 0);
  const designer = people.find(({ bucket, key }) => bucket === owned?.key && !owned?.owners.includes(key));
  if (!owned || !designer) throw new Error('the demonstration has no bucket with an owner and somebody who draws from it');

  await comeIn(page, request, designer.key, 'member');
  await isNot(page, 'Burn');
  await isNot(page, 'Settings');
  await go(page, 'My usage');
  await expect(page.getByRole('heading', { name: 'My usage', level: 1 })).toBeFocused();
  await expect(page.getByRole('region', { name: 'This month' })).toContainText(owned.name);
  const quote = page.getByRole('region', { name: 'What would the next launch cost?' });
  await quote.getByLabel('Product').selectOption('Revit');
  await expect(quote.getByText(/^(On|Not now)/).first()).toBeVisible();
  await page.getByRole('button', { name: '365 days' }).click();
  await expect(page.getByRole('region', { name: 'What I used' }).getByText(/from .* to/)).toBeVisible();
  const why = `a deadline at ${Date.now()}`;
  const asking = page.getByRole('region', { name: 'Ask for tokens' });
  await asking.getByLabel('How many tokens').fill('1');
  await asking.getByLabel('Why').fill(why);
  await asking.getByRole('button', { name: 'Ask' }).click();
  const mine = page.getByRole('region', { name: 'What I asked for' }).getByRole('listitem').filter({ hasText: why });
  await expect(mine.getByText('Waiting')).toBeVisible();

  const other = await browser.newContext({ baseURL: test.info().project.use.baseURL, locale: 'en-GB' });
  const owner = await other.newPage();
  // Whoever answers is named by the request: the owner of the bucket that would give.
  const waiting = await ask(request, '/v1/requests', { state: 'waiting' }, byKey());
  const decider = waiting.rows.find((row) => row.why === why)?.can_answer[0];
  if (!decider) throw new Error('nobody can answer the request');
  await comeIn(owner, request, decider, 'member');
  const card = owner.getByRole('listitem').filter({ hasText: `${designer.name} asks for 1 token` }).first();
  await card.getByRole('link', { name: 'Answer' }).click();
  const answering = owner.getByRole('listitem').filter({ hasText: why });
  await answering.getByRole('button', { name: /^Approve/ }).click();
  await expect(answering).toHaveCount(0);
  await expect(owner.getByRole('region', { name: 'Statement' }).getByRole('table')).toBeVisible();
  await other.close();

  // Whoever may not hear the event stream asks again by themselves.
  await expect(mine.getByText('Approved')).toBeVisible({ timeout: 40_000 });
});

test('an approver decides on a plan that somebody else has drawn', async ({ page, request }) => {
  const name = `Plan to judge ${Date.now() % 1_000_000}`;
  const headers = { ...byKey(), 'Idempotency-Key': crypto.randomUUID() };
  const drawn = await request.post('/v1/plans', { headers, data: { name } });
  expect(drawn.ok(), await drawn.text()).toBe(true);
  await comeIn(page, request, 'e2e.approver', 'approver');
  const card = page.getByRole('listitem').filter({ hasText: name });
  await card.getByRole('link', { name: 'Decide' }).click();
  await page.getByLabel('Reason of the decision').fill('not this year');
  await page.getByRole('button', { name: 'Reject' }).click();
  await expect(page.getByText('Rejected', { exact: true })).toBeVisible();
});

test('procurement sees how much to buy, and takes in what was bought', async ({ page, request }) => {
  await comeIn(page, request, 'e2e.buyer', 'procurement');
  await isNot(page, 'People');
  await go(page, 'Plan');
  await expect(page.getByRole('link', { name: 'How many tokens' })).toHaveAttribute('aria-current', 'page');
  await page.getByRole('link', { name: 'Renewal' }).click();
  await expect(page.getByRole('table').first()).toBeVisible();
  await go(page, 'Settings');
  const form = page.getByRole('region', { name: 'Take in a pack' });
  const pack = `Flex of a test ${Date.now() % 1_000_000}`;
  await form.getByLabel('Name of the pack').fill(pack);
  await form.getByLabel('How many tokens').fill('10');
  await form.getByLabel('Valid from').fill('2031-01-01');
  await form.getByLabel('First day it is no longer valid').fill('2032-01-01');
  await form.getByRole('button', { name: 'Take it in' }).click();
  await expect(form.getByRole('status')).toContainText('came in');
});

test('an auditor reads everything, the way in included, and changes nothing', async ({ page, request }) => {
  await comeIn(page, request, 'e2e.auditor', 'viewer');
  await go(page, 'Settings');
  await expect(page.getByRole('row', { name: /e2e.auditor/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add an account' })).toBeDisabled();
  await page.getByRole('link', { name: 'Roles and rights' }).click();
  await expect(page.getByRole('row', { name: /Change who and what there is/ })).toBeVisible();
  await go(page, 'Reports');
  await page.goto('/reports?report=burn');
  const arrived = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  expect((await arrived).suggestedFilename()).toMatch(/burn/);
  await go(page, 'Gate');
  await expect(page.getByRole('region', { name: 'Through the gate now' })).toBeVisible();
});
