/** What a vendor offers, written by whoever buys. */
import { expect, test, type Page } from '@playwright/test';
import { makeAccount, signIn } from './accounts';
import { everyLook } from './look';

const OFFER = [
  'token_price = 2.75',
  'service = 0.975',
  'within_term = true',
  'budget = 250000',
  'keep = ["nobody.there"]',
  '[[tier]]\nfrom = 50000\ndiscount = 0.05',
  '[[minimum]]\nbucket = "structures"\noffering = "revit"\npeople = 5',
  '[renewal]\ngrowth = 0.08\ntrend = [-0.04, 0.08]\nbundle = []',
].join('\n');
const withOffer = (part: string, offer = OFFER) => `/plan/${part}?offer=${encodeURIComponent(offer)}`;

const facts = (page: Page) => page.getByRole('region', { name: 'How many tokens to buy' }).locator('dl');
/** The button does not turn any more. */
const isCalculated = (page: Page) => page.locator('form button[type=submit]:not([data-loading])');

test.describe('whoever buys', () => {
  // Signs in anew.
  test.use({ storageState: { cookies: [], origins: [] } });

  test('writes an offer into fields, sees another answer, and takes it on to the renewal', async ({ page, request }) => {
    await makeAccount(request, 'e2e.offer', 'procurement');
    await page.goto('/plan/sizing');
    await signIn(page, 'e2e.offer');
    await expect(facts(page)).toContainText('Price of a token');
    const before = await facts(page).textContent();

    await page.getByText('What the vendor offers').click();
    await page.getByLabel('Price of a token (USD)').fill('1.25');
    await page.getByLabel('Lead time (days)').fill('45');
    await page.getByRole('button', { name: 'Add a discount by quantity' }).click();
    const tier = page.getByRole('group', { name: 'Discount by quantity 1' });
    await expect(tier.getByLabel('From (tokens)')).toBeFocused();
    await page.keyboard.type('1,000');
    await page.keyboard.press('Tab');
    await page.keyboard.type('11.5');
    await page.keyboard.press('Enter');
    await expect(facts(page)).toContainText('$1.25');
    expect(await facts(page).textContent()).not.toBe(before);
    const offer = 'token_price = 1.25\nlead_days = 45\n\n[[tier]]\nfrom = 1000\ndiscount = 0.115';
    await expect.poll(() => new URL(page.url()).searchParams.get('offer')).toBe(offer);

    await page.getByRole('link', { name: 'Renewal' }).click();
    await expect(page.getByLabel('Price of a token (USD)')).toHaveValue('1.25');
    await page.getByLabel('Growth, says the vendor (%)').fill('40');
    await page.getByRole('button', { name: 'Calculate' }).click();
    await expect(page.getByRole('region', { name: 'What to ask for' }).locator('dl')).toContainText('40%');
    await page.reload();
    await expect(page.getByLabel('Growth, says the vendor (%)')).toHaveValue('40');
    await expect(page.getByRole('region', { name: 'What to ask for' }).locator('dl')).toContainText('40%');
    await page.getByRole('link', { name: 'How many tokens' }).click();
    await expect(page.getByLabel('Lead time (days)')).toHaveValue('45');
    await page.goBack();
    await page.goBack();
    await expect(page.getByLabel('Growth, says the vendor (%)')).toHaveValue('');
    await expect(page.getByLabel('Price of a token (USD)')).toHaveValue('1.25');
  });
});

test('an offer as text goes into fields and back', async ({ page }) => {
  await page.goto('/plan/sizing');
  await page.getByText('What the vendor offers').click();
  await page.getByRole('button', { name: 'As text' }).click();
  const text = page.getByLabel('Offer in TOML');
  await text.fill('token_prize = 3.0');
  await page.getByRole('button', { name: 'Calculate' }).click();
  await expect(page.getByRole('form').getByText(/unknown field `token_prize`/)).toBeVisible();
  await page.getByRole('button', { name: 'As fields' }).click();
  await expect(page.getByText(/^It stays text/)).toBeVisible();
  await text.fill('packs = [250]\n');
  await page.getByRole('button', { name: 'As fields' }).click();
  await expect(page.getByLabel('Sizes of packs (tokens)')).toHaveValue('250');
  await page.getByRole('button', { name: 'Calculate' }).click();
  await expect(facts(page)).toContainText('× 250');
  await page.getByRole('button', { name: 'As text' }).click();
  const arrives = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Take along' }).click();
  expect((await arrives).suggestedFilename()).toBe('offer.toml');
});

test('what the server refuses is marked at its field, and the answer before stays', async ({ page }) => {
  await page.goto('/plan/portfolio');
  await expect(page.getByText(/^No mix costs less than/)).toBeVisible();
  await page.getByText('What the vendor offers').click();
  await page.getByRole('button', { name: 'Add a person' }).click();
  await page.getByLabel('Key, login or e-mail').fill('nobody.there');
  await page.getByRole('button', { name: 'Calculate' }).click();
  await expect(page.getByLabel('Key, login or e-mail')).toHaveAccessibleDescription('there is no person `nobody.there`');
  await expect(page.getByText(/^No mix costs less than/)).toBeVisible();
});

test.describe('a German browser', () => {
  test.use({ locale: 'de-DE' });

  test('reads decimal commas', async ({ page }) => {
    await page.goto('/plan/sizing');
    await page.getByText('Was der Hersteller anbietet').click();
    await page.getByLabel('Preis eines Tokens (USD)').fill('1,25');
    await page.getByLabel('Größen der Pakete (Token)').fill('100; 1.000');
    await page.getByLabel('Sicherheit (%)').fill('97,5');
    await page.getByRole('button', { name: 'Berechnen' }).click();
    const offer = 'token_price = 1.25\nservice = 0.975\npacks = [ 100, 1000 ]';
    await expect.poll(() => new URL(page.url()).searchParams.get('offer')).toBe(offer);
    await expect(page.getByLabel('Größen der Pakete (Token)')).toHaveValue('100; 1000');
  });
});

everyLook('sizing-offer', withOffer('sizing'), isCalculated);
everyLook('portfolio-offer', withOffer('portfolio'), isCalculated);
everyLook('renewal-offer', withOffer('renewal'), isCalculated);
everyLook('text-offer', withOffer('sizing', 'token_prize = 3.0'), (page) => page.getByText(/^line 1: unknown field/));
