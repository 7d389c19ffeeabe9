// Allowed countries: a database is uploaded, countries are chosen, nobody locks themselves out. A header plays the
// reverse proxy, so a browser can come from anywhere.

import type { BrowserContextOptions, Page } from '@playwright/test';
import { AMERICAN, CZECH, countryDatabase, GERMAN } from './support/mmdb.js';
import { expect, expectSameDocument, mark, test, visit } from './support/test.js';
import { beginning, filled, type Language, LOCALE, words } from './support/words.js';

const from = (address: string, language: Language = 'en'): BrowserContextOptions => ({
  extraHTTPHeaders: { 'x-forwarded-for': address },
  locale: LOCALE[language],
});

const file = (buffer: Buffer) => ({ name: 'countries.mmdb', mimeType: 'application/octet-stream', buffer });

/** The actions on the page, in a language. */
function on(page: Page, language: Language = 'en') {
  const { common, security } = words(language);
  return {
    security,
    everybody: page.getByRole('radio', { name: beginning(security.everybody) }),
    listed: page.getByRole('radio', { name: beginning(security.listed) }),
    country: (name: string) => page.getByRole('checkbox', { name }),
    search: page.getByRole('searchbox', { name: security.search }),
    save: page.getByRole('button', { name: common.button.save, exact: true }),
    tab: (name: string) => page.getByRole('navigation', { name: security.door.label }).getByRole('link', { name }),
    refused: page.locator('.country-rule').getByRole('alert'),
    saved: page.getByRole('status').getByRole('paragraph').filter({ hasText: common.said.saved }),
    async upload(buffer = countryDatabase()) {
      await page.getByLabel(security.database.file).setInputFiles(file(buffer));
      await page.getByRole('button', { name: security.database.upload, exact: true }).click();
      await page.waitForURL(/\?database=/);
    },
  };
}

test('a database, a lock-out that is refused, and who comes in', async ({ person, stranger, troubles }) => {
  troubles.allow(/403/, /409/);
  const page = await person('admin', from(CZECH));
  const { security, ...it } = on(page);
  await visit(page, '/security/countries');
  await expect(page.getByText(security.database.none)).toBeVisible();
  await expect(it.listed).toBeDisabled();

  await it.upload(Buffer.from('no database'));
  await expect(page.getByText(security.unfit.unreadable)).toBeVisible();
  await it.upload();
  await expect(page.getByText(security.database.replaced)).toBeVisible();
  await expect(page.getByText('Your address 203.0.113.7 is in this country: Czechia.')).toBeVisible();
  await expect(page.getByText('Journey-Country')).toBeVisible();

  await visit(page, '/security/countries');
  await mark(page);
  await expect(it.country('Germany')).toBeHidden();
  await it.listed.check();
  await it.save.click();
  await expect(page.getByText(security.choose_some)).toBeVisible();
  await it.search.fill('GERM');
  await expect(it.country('Czechia')).toBeHidden();
  await it.country('Germany').check();
  await it.save.click();
  await expect(it.refused).toContainText('203.0.113.7');
  await expect(it.refused).toContainText('Czechia');
  await expect(it.country('Germany')).toBeChecked();
  await it.search.fill('');
  await it.country('Czechia').check();
  await it.save.click();
  await expect(it.saved).toBeVisible();
  await expect(it.tab(security.door.console)).toContainText(filled(security.door.chosen, { count: 2 }));
  await expectSameDocument(page);

  const [american, german] = [await stranger(from(AMERICAN, 'cs')), await stranger(from(GERMAN))];
  await american.goto('/login');
  await expect(american.getByRole('heading', { name: 'Z této země ne' })).toBeVisible();
  await expect(american.getByRole('main')).toContainText(AMERICAN);
  await german.goto('/login');
  await expect(german.getByRole('button', { name: words('en').auth.log_in })).toBeVisible();
});

test('in Czech, and WhatsApp’s servers are not forgotten', async ({ person }) => {
  const page = await person('admin', from(CZECH, 'cs'));
  const { security, ...it } = on(page, 'cs');
  await visit(page, '/security/countries/files');
  await it.upload();
  await visit(page, '/security/countries');
  await expect(page.getByRole('heading', { name: 'Povolené země', level: 1 })).toBeVisible();
  await expect(page.getByText('Vaše adresa 203.0.113.7 je v této zemi: Česko.')).toBeVisible();
  await it.tab('Odkazy na soubory').click();
  await expect(page).toHaveURL(/\/countries\/files$/);
  await expect(page.getByText(security.door.files_text)).toBeVisible();
  await it.listed.check();
  await it.search.fill('cesko');
  await it.country('Česko').check();
  await it.save.click();
  await expect(it.saved).toBeVisible();
  await expect(page.getByText(security.shut_out.files)).toBeVisible();
  // The journey's database has no IPv6 at all.
  await expect(page.getByText('Povolte také: Spojené státy, adresy, které databáze nezná.')).toBeVisible();

  await it.country('Spojené státy').check();
  await page.getByRole('checkbox', { name: security.unknown }).check();
  await it.save.click();
  await expect(page.getByText(security.shut_out.files)).toBeHidden();
  // Chosen countries come first, in the order of the language.
  await page.reload();
  const names = page.locator('.choices label:visible');
  await expect(names).toContainText(['Česko', 'Spojené státy', 'Německo']);
});

test('by the keyboard alone', async ({ person }) => {
  const page = await person('admin', from(CZECH));
  const { security, ...it } = on(page);
  await page.goto('/security/countries');
  await it.upload();
  await visit(page, '/security/countries');
  const { keyboard } = page;
  await it.everybody.focus();
  await keyboard.press('ArrowDown');
  await expect(it.listed).toBeChecked();
  await keyboard.press('Tab');
  await expect(page.getByRole('checkbox', { name: security.european_union })).toBeFocused();
  await keyboard.press('Space');
  await expect(it.country('Czechia')).toBeChecked();
  await expect(it.country('Germany')).toBeChecked();
  await expect(it.country('United States')).not.toBeChecked();
  await keyboard.press('Tab');
  await expect(it.search).toBeFocused();
  await keyboard.press('Tab');
  await expect(it.country('Czechia')).toBeFocused();
  await keyboard.press('Tab');
  await expect(it.country('Germany')).toBeFocused();
  await keyboard.press('Space');
  await expect(it.country('Germany')).not.toBeChecked();
  await expect(page.getByRole('checkbox', { name: security.european_union })).not.toBeChecked();
  await keyboard.press('Enter');
  await expect(it.saved).toBeVisible();
  await page.reload();
  await expect(it.country('Czechia')).toBeChecked();
  await expect(it.country('Germany')).not.toBeChecked();
});

test('webhooks take a tick more', async ({ person }) => {
  const page = await person('admin', from(CZECH));
  const { security, ...it } = on(page);
  await page.goto('/security/countries/webhooks');
  await it.upload();
  await visit(page, '/security/countries/webhooks');
  await it.listed.check();
  await it.country('Germany').check();
  await it.save.click();
  await expect(page.getByText(security.must_understand)).toBeVisible();
  await page.getByRole('checkbox', { name: security.understood }).check();
  await it.save.click();
  await expect(it.saved).toBeVisible();
  await expect(page.getByText(security.shut_out.webhooks)).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('upload, a refusal that keeps what was chosen, the union', async ({ person, troubles }) => {
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    const page = await person('admin', from(CZECH));
    const { security, ...it } = on(page);
    await page.goto('/security/countries');
    await it.upload(Buffer.from('PK no database'));
    await expect(page.getByText(security.unfit.packed)).toBeVisible();
    await it.upload();
    await expect(page.getByText(security.database.replaced)).toBeVisible();

    await expect(it.country('Germany')).toBeHidden();
    await it.listed.check();
    await it.country('Germany').check();
    await it.save.click();
    await expect(it.refused).toContainText('203.0.113.7');
    await expect(it.listed).toBeChecked();
    await expect(it.country('Germany')).toBeChecked();
    await it.country('Germany').uncheck();
    await page.getByRole('checkbox', { name: security.european_union }).check();
    await it.save.click();
    await expect(page).toHaveURL(/\/security\/countries$/);
    await expect(it.tab(security.door.console)).toContainText(filled(security.door.chosen, { count: 27 }));
    await expect(it.country('Czechia')).toBeChecked();
    await expect(it.country('United States')).not.toBeChecked();
  });
});
