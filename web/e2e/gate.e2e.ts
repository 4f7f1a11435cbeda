import { expect, test } from '@playwright/test';
import { ask } from './api';
import { given } from './given';
import { everyLook } from './look';

const bearer = () => ({ Authorization: `Bearer ${given('FAREGATE_API_KEY')}`, 'Idempotency-Key': crypto.randomUUID() });

test('somebody who was turned away is told why by its number', async ({ page, request }) => {
  const person = (await ask(request, '/v1/people', { limit: '1' })).rows[0]?.key;
  const data = { person, product: 'no-such-product', host: 'WS-E2E' };
  const answer = await request.post('/v1/sessions', { headers: bearer(), data });
  const { decision, refusal } = (await answer.json()) as { decision: number; refusal: { detail: string } };
  await page.goto('/gate');
  await expect(page.getByRole('button', { name: 'Explain', exact: true }).first()).toBeDisabled();
  await page.getByLabel('Decision or session').fill(String(decision));
  await page.getByLabel('Decision or session').press('Enter');
  await expect(page).toHaveURL(new RegExp(`decision=.*${decision}`));
  const panel = page.getByRole('region', { name: 'Why was that decided?' });
  await expect(panel.getByText(refusal.detail)).toBeVisible();
  await expect(panel.getByText('Recomputed from the journal today, it is the same.')).toBeVisible();
});

test('somebody who is let through appears without a reload, with the reason', async ({ page, request }) => {
  await page.goto('/gate');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  const from = await ask(request, '/v1/burn', { by: 'person', limit: '1' });
  const product = (await ask(request, '/v1/burn', { by: 'product', limit: '1' })).rows[0]?.key;
  const data = { person: from.rows[0]?.key, product, host: `WS-${Date.now() % 1_000_000}` };
  const opened = await request.post('/v1/sessions', { headers: bearer(), data });
  const { session } = (await opened.json()) as { session: string };
  expect(session, await opened.text()).toBeTruthy();
  try {
    const panel = page.getByRole('region', { name: 'Through the gate now' });
    await panel.getByRole('button', { name: /^Explain .* of/ }).first().click();
    await expect(page.getByText(/^Decision \d+/)).toBeVisible();
  } finally {
    await request.post(`/v1/sessions/${session}/close`, { headers: bearer() });
  }
});

everyLook('gate', '/gate', (page) => page.getByRole('region', { name: 'Latest decisions' }).getByRole('table'));
everyLook('gate-refusals', '/gate/refusals', (page) => page.getByRole('table'));

test('a set of policies is written, checked, tried, adopted to be watched, and retired', async ({ page }) => {
  const name = `e2e-${Date.now()}`;
  await page.goto('/gate/policies');
  await page.getByRole('button', { name: 'Write a new set' }).click();
  await page.getByLabel('Name of the set').fill(name);
  const text = page.getByRole('textbox', { name: 'Policies, in Cedar' });
  await text.fill('@id("x")\nforbid (principle, action, resource);');
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('button', { name: 'Line 2' }).click();
  await expect(text).toBeFocused();
  await text.fill('');
  await page.getByRole('button', { name: 'Start from an example' }).click();
  await expect(page.getByRole('button', { name: 'Adopt' })).toBeDisabled();
  await page.getByRole('button', { name: 'Whose answers would change' }).click();
  await expect(page.getByRole('region', { name: 'Let it hold' }).getByText(/answers would change/)).toBeVisible();
  await page.getByRole('button', { name: 'Simulate' }).click();
  await expect(page.getByRole('region', { name: 'What it would have done' }).getByText('End otherwise')).toBeVisible();
  await page.getByRole('button', { name: 'Adopt' }).click();
  await expect(page).toHaveURL(new RegExp(`set=${name}`));
  const row = page.getByRole('row', { name: new RegExp(name) });
  await expect(row.getByText('Watching')).toBeVisible();
  await row.getByRole('button', { name: `Retire ${name}` }).click();
  await expect(row).toHaveCount(0);
});

everyLook('gate-policies', '/gate/policies?set=new+set', (page) => page.getByRole('textbox', { name: 'Policies, in Cedar' }));

test('decisions appear as they are made, hold still on request, and are filtered by the address', async ({ page, request }) => {
  await page.goto('/gate');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  const list = page.getByRole('region', { name: 'Latest decisions' });
  await expect(list.getByRole('button', { name: 'Hold still' })).toBeVisible();
  const person = (await ask(request, '/v1/people', { limit: '1' })).rows[0]?.key;
  const [first, second] = [`WS-${Date.now()}-1`, `WS-${Date.now()}-2`];
  const turnAway = (host: string) =>
    request.post('/v1/sessions', { headers: bearer(), data: { person, product: 'no-such-product', host } });
  await turnAway(first);
  await expect(list.getByText(first)).toBeVisible();
  await list.getByRole('button', { name: 'Hold still' }).click();
  await turnAway(second);
  await expect(list.getByText(/^Held still; [1-9]/)).toBeVisible();
  await expect(list.getByText(second)).toHaveCount(0);
  await list.getByRole('button', { name: 'Follow' }).click();
  await expect(list.getByText(second)).toBeVisible();
  await list.getByRole('combobox', { name: 'Outcome' }).selectOption('allowed');
  await expect(page).toHaveURL(/outcome=allowed/);
  await expect(list.getByText(second)).toHaveCount(0);
  await list.getByRole('combobox', { name: 'Outcome' }).selectOption('refused');
  await list.getByRole('row').filter({ hasText: second }).getByRole('link').click();
  await expect(page.getByText(/^Decision \d+/)).toBeInViewport();
});
