// An administrator's first day: from the one-time link in the log to a channel that is Active.

import { EXAMPLE } from './support/simulator.js';
import { expect, expectSameDocument, mark, test, untilLive, visit } from './support/test.js';
import { LOCALE, type Language, words } from './support/words.js';
import { PASSWORD } from './support/world.js';

// The exact texts matter: administrators know them from the guide of their PBX.
const GUIDE = {
  en: {
    channels: 'Communication channels',
    add: 'Add',
    webhookUrl: 'Webhook URL',
    verifyToken: 'Verify token',
    accessToken: 'Access token',
    appSecret: 'App secret',
    messaging: 'Messaging Settings',
    phoneNumber: 'Phone number',
    phoneNumberId: 'Phone number ID',
    destination: 'Destination of inbound messages',
    active: 'Active',
  },
  cs: {
    channels: 'Komunikační kanály',
    add: 'Přidat',
    webhookUrl: 'Webhook URL',
    verifyToken: 'Ověřit token',
    accessToken: 'Přístupový token',
    appSecret: 'Heslo aplikace',
    messaging: 'Nastavení zpráv',
    phoneNumber: 'Telefonní číslo',
    phoneNumberId: 'ID telefonního čísla',
    destination: 'Destinace pro příchozí zprávy',
    active: 'Aktivní',
  },
} as const;

for (const language of ['en', 'cs'] as Language[]) {
  test.describe(language, () => {
    const { auth, channels, common, directory } = words(language);
    const guide = GUIDE[language];
    test.use({ locale: LOCALE[language], furnished: false });

    test('from the first start to an active channel', async ({ world, stranger }) => {
      const page = await stranger();
      const field = (label: string) => page.getByLabel(label, { exact: true });
      const place = (name: string) =>
        page.getByRole('navigation', { name: common.nav.label }).getByRole('link', { name }).click();
      const save = async () => {
        await page.getByRole('button', { name: common.button.save, exact: true }).click();
        const said = page.getByRole('status').filter({ hasText: common.said.saved });
        await expect(said).toBeVisible();
        // Dismissed, so that it is not taken for the next one.
        await said.getByRole('button').click();
        await expect(said).toBeHidden();
      };

      await test.step('the first administrator', async () => {
        await page.goto(await world.setupLink());
        await field(auth.name).fill('Alena Správná');
        await field(auth.login).fill('alena');
        await field(auth.password).fill(PASSWORD);
        await untilLive(page, () => page.getByRole('button', { name: auth.create }).click());
        await expect(page.getByRole('heading', { name: channels.empty })).toBeVisible();
      });

      await test.step('an extension with a log-in', async () => {
        await place(common.nav.extensions);
        await page.getByRole('link', { name: directory.extensions.add }).first().click();
        await field(directory.extensions.number).fill('201');
        await field(directory.extensions.name).fill('Jana Nováková');
        await field(directory.extensions.login).fill('jana');
        await field(directory.extensions.password).fill(PASSWORD);
        await save();
        await expect(page.getByRole('row', { name: '201' })).toContainText('jana');
      });

      await test.step('a queue', async () => {
        await place(common.nav.queues);
        await page.getByRole('link', { name: directory.queues.add }).first().click();
        await field(directory.queues.name).fill('Podpora');
        await page.getByRole('checkbox', { name: '201 Jana Nováková' }).check();
        await save();
        await expect(page.getByRole('row', { name: 'Podpora' })).toContainText('Jana Nováková');
      });

      await test.step('Authentication', async () => {
        await place(guide.channels);
        await page.getByText(guide.add, { exact: true }).click();
        await page.getByRole('button', { name: 'WhatsApp', exact: true }).click();
        await expect(page.getByText(common.badge.draft, { exact: true })).toBeVisible();
        await expect(field(guide.webhookUrl)).toHaveValue(/\/webhooks\/whatsapp\/[\w-]{16,}$/);
        await expect(field(guide.verifyToken)).toHaveValue(/^\S{16,}$/);
        await page.getByRole('button', { name: common.button.copy, exact: true }).first().click();
        await expect(page.getByRole('button', { name: common.button.copied })).toBeVisible();

        await field(channels.field.name).fill('Podpora WhatsApp');
        await field(guide.accessToken).fill(EXAMPLE.token);
        await field(guide.appSecret).fill(EXAMPLE.appSecret);
        await save();
        await expect(page.getByText(channels.field.secret_stored)).toHaveCount(2);
        expect(await page.content()).not.toContain(EXAMPLE.appSecret);
      });

      const webhookUrl = await field(guide.webhookUrl).inputValue();
      const verifyToken = await field(guide.verifyToken).inputValue();

      await test.step('Messaging Settings', async () => {
        await page.getByRole('link', { name: guide.messaging, exact: true }).click();
        await field(guide.phoneNumber).fill(EXAMPLE.number);
        await field(guide.phoneNumberId).fill(EXAMPLE.numberId);
        await field(channels.field.waba_id).fill(EXAMPLE.waba);
        await field(guide.destination).selectOption('Podpora');
        await save();
        await expect(page.getByText(common.badge.waiting_for_meta, { exact: true })).toBeVisible();
      });

      await test.step('Meta calls, and the badge turns by itself', async () => {
        await mark(page);
        await world.simulator.subscribe(webhookUrl, verifyToken);
        await expect(page.getByText(guide.active, { exact: true })).toBeVisible();
        await expectSameDocument(page);
      });

      await test.step('the doctor agrees', async () => {
        await page.getByRole('link', { name: channels.tab.health, exact: true }).click();
        await page.getByRole('button', { name: channels.health.check }).click();
        await expect(page.getByText(channels.health.checked)).toBeVisible();
        await expect(page.getByRole('listitem').filter({ hasText: channels.finding.token_fine })).toBeVisible();
        await expect(page.locator('.check.bad')).toHaveCount(0);
      });

      await test.step('every step of the guide has its tick', async () => {
        await page.getByRole('link', { name: guide.messaging, exact: true }).click();
        const steps = page.getByRole('complementary', { name: channels.guide.title });
        await expect(steps.getByText(channels.guide.done, { exact: true })).toHaveCount(6);
      });

      await test.step('the list says the same', async () => {
        await visit(page, '/channels');
        const row = page.getByRole('row', { name: 'Podpora WhatsApp' });
        await expect(row).toContainText('+420 800 555 010');
        await expect(row).toContainText(guide.active);
      });

      await test.step('the link of the first start is used up', async () => {
        const again = await stranger();
        await again.goto(await world.setupLink());
        await expect(again.getByRole('heading', { name: auth.link_used, exact: true })).toBeVisible();
      });
    });
  });
}
