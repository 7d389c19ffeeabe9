// System › Webhooks: a webhook is created, tested, switched off by its own answer, and gets what it has missed.

import type { Page } from '@playwright/test';
import { Receiver } from './support/receiver.js';
import { expect, test as base, visit } from './support/test.js';
import { filled, LOCALE, type Language, words } from './support/words.js';

const test = base.extend<{ receiver: Receiver }>({
  receiver: async ({}, use) => {
    const receiver = await Receiver.start();
    await use(receiver);
    await receiver.stop();
  },
});

test.use({ settings: { SWITCHBOARD_WEBHOOKS__NETWORKS: '["127.0.0.0/8"]' } });

const PATH = '/system/webhooks';

/** Fills the form of a webhook. */
async function fill(page: Page, language: Language, name: string, address: string): Promise<void> {
  const it = words(language).system.webhooks;
  await page.getByLabel(it.name, { exact: true }).fill(name);
  await page.getByLabel(it.address, { exact: true }).fill(address);
}

for (const language of ['en', 'cs'] as Language[]) {
  test(`a webhook from its creation to its end (${language})`, async ({ person, receiver, troubles }) => {
    // A form that is refused; and what was deleted is read again.
    troubles.allow(/422/, /404/);
    const { common, system } = words(language);
    const it = system.webhooks;
    const status = (code: number) => filled(it.answered, { status: code });
    const page = await person('admin', { locale: LOCALE[language] });
    const main = page.getByRole('main');
    const button = (name: string) => main.getByRole('button', { name, exact: true });
    const tab = (name: string) => main.getByRole('link', { name, exact: true }).click();

    await visit(page, PATH);
    await expect(page.getByRole('heading', { name: it.empty })).toBeVisible();
    await main.getByRole('link', { name: it.add }).first().click();
    await fill(page, language, '', 'ftp://crm.example/');
    await button(it.create).click();
    await expect(page.locator('#field-name-problem')).toHaveText(common.problem.required);
    await fill(page, language, 'CRM', 'ftp://crm.example/');
    await button(it.create).click();
    await expect(page.locator('#field-address-problem')).toHaveText(it.address_wrong);
    await fill(page, language, 'CRM', receiver.address);
    await main.locator('input[value="message.received"]').check();
    await button(it.create).click();
    const secret = main.getByLabel(it.secret, { exact: true });
    await expect(secret).toHaveValue(/^whsec_/);
    const first = await secret.inputValue();

    await main.getByRole('link', { name: it.go_on }).click();
    await expect(main.getByRole('heading', { name: 'CRM', level: 1 })).toBeVisible();
    await expect(main.getByText(it.state_working, { exact: true })).toBeVisible();
    await expect(main.locator('input[value="message.received"]')).toBeChecked();
    await expect(secret).toHaveCount(0);
    await button(it.rotate).click();
    await expect(secret).toHaveValue(/^whsec_/);
    expect(await secret.inputValue()).not.toBe(first);
    await expect(main.getByText(it.former_secret)).toBeVisible();

    await button(it.send_test).click();
    await expect(main.getByText(status(200))).toBeVisible();
    expect(receiver.got).toEqual(['webhook.test']);
    await tab(it.tab.attempts);
    const attempt = main.getByRole('row', { name: it.event.webhook_test });
    await expect(attempt).toHaveCount(1);
    await expect(attempt).toContainText(status(200));
    await attempt.getByText(it.show, { exact: true }).click();
    await expect(attempt.getByText('Heard')).toBeVisible();

    // It says that it is no more: everybody who may see it is warned, wherever they are.
    const [elsewhere, jana] = [await person('admin', { locale: LOCALE[language] }), await person('jana')];
    await visit(elsewhere, '/queues');
    await visit(jana, '/inbox');
    receiver.status = 410;
    await tab(it.tab.settings);
    await button(it.send_test).click();
    await expect(main.getByText(status(410))).toBeVisible();
    const warning = (of: Page) => of.getByText(filled(it.off_line, { names: 'CRM' }));
    await expect(warning(page)).toBeVisible();
    await expect(warning(elsewhere)).toBeVisible();
    await expect(main.getByText(it.state_failed, { exact: true })).toBeVisible();
    await expect(jana.getByRole('main')).toBeVisible();
    await expect(jana.locator('.live-notice p')).toHaveCount(0);

    receiver.status = 200;
    await button(common.button.enable).click();
    await expect(warning(page)).toHaveCount(0);
    await expect(warning(elsewhere)).toHaveCount(0);
    await tab(it.tab.undelivered);
    await main.getByRole('button', { name: new RegExp(filled(it.replay_of, { event: 'test_\\w+' })) }).click();
    await expect(page.getByText(filled(it.replayed, { count: 1 }))).toBeVisible();
    await expect(main.getByRole('heading', { name: it.none_given_up })).toBeVisible();
    await expect.poll(() => receiver.got.length).toBe(3);

    await tab(it.tab.settings);
    await main.getByText(it.delete, { exact: true }).click();
    await button(it.delete_yes).click();
    await expect(page.getByRole('heading', { name: it.empty })).toBeVisible();
  });
}

test('what happens is sent, and everything since a time is sent again', async ({ world, person, receiver }) => {
  const it = words('en').system.webhooks;
  const asked = { name: 'CRM', address: receiver.address, types: ['message.received'] };
  const { id } = await world.api<{ id: string }>('POST', 'webhooks', asked);
  const customer = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(customer, 'Hello');
  await expect.poll(() => receiver.got).toEqual(['message.received']);

  const page = await person('admin');
  await visit(page, `${PATH}/${id}/undelivered`);
  const since = page.locator('section.panel').filter({ hasText: it.since });
  await since.getByLabel(it.happened, { exact: true }).selectOption('hour');
  await since.getByRole('button', { name: it.replay, exact: true }).click();
  await expect(page.getByText(filled(it.replayed, { count: 1 }))).toBeVisible();
  await expect.poll(() => receiver.got).toEqual(['message.received', 'message.received']);
});

test('without a script the secret is shown once, too', async ({ person, receiver, troubles }) => {
  // The browser names the page's policy when it does not load a script because scripts are off.
  troubles.allow(/^request failed: csp .*switchboard\.js$/);
  const { common, system } = words('en');
  const it = system.webhooks;
  const page = await person('admin', { javaScriptEnabled: false });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await page.goto(`${PATH}/new`);
  await fill(page, 'en', 'CRM', 'ftp://crm.example/');
  await button(it.create).click();
  await expect(page.locator('#field-address-problem')).toHaveText(it.address_wrong);
  await expect(page.getByLabel(it.name, { exact: true })).toHaveValue('CRM');
  await fill(page, 'en', 'CRM', receiver.address);
  await button(it.create).click();
  const secret = page.getByLabel(it.secret, { exact: true });
  await expect(secret).toHaveValue(/^whsec_/);
  await button(it.send_test).click();
  await expect(page.getByText(filled(it.answered, { status: 200 }))).toBeVisible();
  await expect(secret).toHaveCount(0);
  await button(common.button.disable).click();
  await expect(page.getByText(it.state_off, { exact: true })).toBeVisible();
});
