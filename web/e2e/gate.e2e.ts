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

everyLook('gate', '/gate', (page) => page.getByRole('region', { name: 'What the gate may answer' }).getByRole('table'));
