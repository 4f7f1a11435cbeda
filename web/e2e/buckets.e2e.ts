import { expect, test } from '@playwright/test';
import { ask, shown } from './api';
import { given } from './given';
import { everyLook } from './look';

test('tokens are moved from one bucket to another, and the statement says so', async ({ page, request }) => {
  const [from, to] = (await ask(request, '/v1/buckets')).rows;
  if (!from || !to) throw new Error('the demonstration has too few buckets');
  await page.goto('/buckets');
  await page.getByRole('link', { name: from.name, exact: true }).click();
  await expect(page.getByRole('heading', { name: from.name, level: 1 })).toBeFocused();
  const form = page.getByRole('region', { name: 'Move tokens' });
  await expect(form.getByRole('button', { name: 'Move' })).toBeDisabled();
  const why = `a test at ${Date.now()}`;
  await form.getByLabel('How many tokens').fill('1');
  await form.getByLabel('Why').fill(why);
  await form.getByLabel('To', { exact: true }).selectOption(to.key);
  await form.getByRole('button', { name: 'Move' }).click();
  await expect(form.getByText(/moved from bucket/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Statement' }).getByText(new RegExp(to.name, 'i')).first()).toBeVisible();
});

test('a bucket is made, is given somebody who decides, and takes in tokens', async ({ page, request }) => {
  const key = `made-${Date.now()}`;
  const somebody = (await ask(request, '/v1/people', { limit: '1' })).rows[0];
  if (!somebody) throw new Error('the demonstration has nobody');
  await page.goto('/buckets');
  await page.locator('summary', { hasText: 'Add a bucket' }).click();
  await page.getByRole('textbox', { name: 'Key' }).fill(key);
  await page.getByRole('combobox', { name: 'Who decides on it' }).fill(somebody.key);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Add a bucket' }).click();
  await expect(page.getByText('bucket: 1 added')).toBeVisible();
  await page.goto(`/buckets/${key}`);
  await expect(page.getByRole('link', { name: somebody.key })).toBeVisible();
  const form = page.getByRole('region', { name: 'Move tokens' });
  await form.getByLabel('Which way').selectOption('into');
  await form.getByLabel('How many tokens').fill('1');
  await form.getByRole('textbox', { name: 'Why' }).fill('to begin with');
  await form.getByRole('button', { name: 'Move' }).click();
  await expect(form.getByRole('status')).toContainText('moved');
});

test('a request is answered where it waits', async ({ page, request }) => {
  const bucket = (await ask(request, '/v1/buckets')).rows[0];
  const { rows } = await ask(request, '/v1/people', { limit: '200' });
  const asker = rows.find((person) => person.bucket === bucket?.key && !bucket?.owners.includes(person.key));
  if (!bucket || !asker) throw new Error('the demonstration has nobody who could ask');
  const why = `a deadline at ${Date.now()}`;
  const asked = await request.post('/v1/requests', {
    headers: {
      Authorization: `Bearer ${given('FAREGATE_API_KEY')}`,
      'Idempotency-Key': crypto.randomUUID(),
      'Faregate-On-Behalf-Of': asker.key,
    },
    data: { bucket: bucket.key, tokens: 2, why },
  });
  expect(asked.ok(), await asked.text()).toBe(true);
  await page.goto(`/buckets/${bucket.key}`);
  const waiting = page.getByRole('listitem').filter({ hasText: why });
  await expect(waiting.getByText(`${asker.name} asks for ${shown(2)} tokens for ${bucket.name}`)).toBeVisible();
  await waiting.getByLabel('Answer as').selectOption({ index: 1 });
  await waiting.getByRole('button', { name: /^Decline/ }).click();
  await expect(waiting).toHaveCount(0);
  await page.getByRole('group', { name: 'Requests shown' }).getByRole('button', { name: 'All' }).click();
  await expect(waiting.getByText('Declined')).toBeVisible();
});

everyLook('buckets', '/buckets', (page) => page.locator('canvas'));
everyLook('bucket', '/buckets/structures', (page) => page.getByRole('region', { name: 'Statement' }).getByRole('table'));

test('where the tokens go is read band by band, and is a table too', async ({ page, request }) => {
  await page.goto('/buckets');
  const { packs } = await ask(request, '/v1/balances');
  const [first] = packs;
  if (!first) throw new Error('the demonstration has no pack');
  const panel = page.getByRole('region', { name: 'Where the tokens go' });
  await expect(panel.locator('canvas')).toBeVisible();
  await panel.getByRole('group', { name: 'Tokens from packs to buckets and to products' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(panel.getByRole('status')).toHaveText(`${first.name} to Pool: ${shown(first.bought)} tokens`);
  await panel.getByRole('button', { name: 'Table' }).click();
  await expect(page).toHaveURL(/flow=table/);
  await expect(panel.getByRole('row', { name: `${first.name} Pool ${shown(first.bought)}` })).toBeVisible();
});
