// The way of an administrator on the first day: from the one-time link on the log to a channel that is Active.

import { EXAMPLE } from './support/simulator.js';
import { LOCALE, type Language, expect, expectSameDocument, mark, test, untilLive, visit } from './support/test.js';
import { PASSWORD } from './support/world.js';

// The labels of the channel are those that administrators know from the guide of their PBX.
const WORDS = {
  en: {
    yourName: 'Your name',
    login: 'Login',
    password: 'Password',
    create: 'Create and log in',
    extensions: 'Extensions',
    addExtension: 'Add an extension',
    number: 'Number',
    name: 'Name',
    save: 'Save',
    saved: 'Saved.',
    queues: 'Message queues',
    addQueue: 'Add a queue',
    channels: 'Communication channels',
    noChannel: 'No channel yet',
    add: 'Add',
    draft: 'Draft',
    webhookUrl: 'Webhook URL',
    verifyToken: 'Verify token',
    accessToken: 'Access token',
    appSecret: 'App secret',
    stored: 'Stored, ends in',
    copy: 'Copy',
    copied: 'Copied',
    messaging: 'Messaging Settings',
    phoneNumber: 'Phone number',
    phoneNumberId: 'Phone number ID',
    waba: 'WhatsApp Business Account ID',
    destination: 'Destination of inbound messages',
    waiting: 'Waiting for Meta',
    active: 'Active',
    health: 'Health',
    check: 'Check now',
    checked: 'Meta was asked; this is what it says now.',
  },
  cs: {
    yourName: 'Vaše jméno',
    login: 'Přihlašovací jméno',
    password: 'Heslo',
    create: 'Vytvořit a přihlásit se',
    extensions: 'Klapky',
    addExtension: 'Přidat klapku',
    number: 'Číslo',
    name: 'Název',
    save: 'Uložit',
    saved: 'Uloženo.',
    queues: 'Komunikační fronty',
    addQueue: 'Přidat frontu',
    channels: 'Komunikační kanály',
    noChannel: 'Zatím žádný kanál',
    add: 'Přidat',
    draft: 'Rozpracováno',
    webhookUrl: 'Webhook URL',
    verifyToken: 'Ověřit token',
    accessToken: 'Přístupový token',
    appSecret: 'Heslo aplikace',
    stored: 'Uloženo, končí na',
    copy: 'Kopírovat',
    copied: 'Zkopírováno',
    messaging: 'Nastavení zpráv',
    phoneNumber: 'Telefonní číslo',
    phoneNumberId: 'ID telefonního čísla',
    waba: 'ID účtu WhatsApp Business',
    destination: 'Destinace pro příchozí zprávy',
    waiting: 'Čeká na Metu',
    active: 'Aktivní',
    health: 'Kontrola',
    check: 'Zkontrolovat',
    checked: 'Zeptali jsme se Mety; toto teď říká.',
  },
} as const;

for (const language of ['en', 'cs'] as Language[]) {
  test.describe(language, () => {
    const words = WORDS[language];
    test.use({ locale: LOCALE[language], furnished: false });

    test('from the first start to an active channel', async ({ world, stranger }) => {
      const page = await stranger();
      const exactly = (label: string) => page.getByLabel(label, { exact: true });
      const save = page.getByRole('button', { name: words.save, exact: true });
      const menu = page.getByRole('navigation').first();
      const saved = async () => {
        await save.click();
        await expect(page.getByText(words.saved).first()).toBeVisible();
      };

      await test.step('the first administrator', async () => {
        await page.goto(await world.setupLink());
        await exactly(words.yourName).fill('Alena Správná');
        await exactly(words.login).fill('alena');
        await exactly(words.password).fill(PASSWORD);
        await untilLive(page, () => page.getByRole('button', { name: words.create }).click());
        await expect(page.getByRole('heading', { name: words.noChannel })).toBeVisible();
      });

      await test.step('an extension with a log-in', async () => {
        await menu.getByRole('link', { name: words.extensions }).click();
        await page.getByRole('link', { name: words.addExtension }).first().click();
        await exactly(words.number).fill('201');
        await exactly(words.name).fill('Jana Nováková');
        await exactly(words.login).fill('jana');
        await exactly(words.password).fill(PASSWORD);
        await saved();
        await expect(page.getByRole('row', { name: '201' })).toContainText('jana');
      });

      await test.step('a queue', async () => {
        await menu.getByRole('link', { name: words.queues }).click();
        await page.getByRole('link', { name: words.addQueue }).first().click();
        await exactly(words.name).fill('Podpora');
        await page.getByRole('checkbox', { name: '201 Jana Nováková' }).check();
        await saved();
        await expect(page.getByRole('row', { name: 'Podpora' })).toContainText('Jana Nováková');
      });

      await test.step('Authentication', async () => {
        await menu.getByRole('link', { name: words.channels }).click();
        await page.getByText(words.add, { exact: true }).click();
        await page.getByRole('button', { name: 'WhatsApp', exact: true }).click();
        await expect(page.getByText(words.draft, { exact: true })).toBeVisible();
        await expect(exactly(words.webhookUrl)).toHaveValue(/\/webhooks\/whatsapp\/[\w-]{16,}$/);
        await expect(exactly(words.verifyToken)).toHaveValue(/^\S{16,}$/);
        await page.getByRole('button', { name: words.copy, exact: true }).first().click();
        await expect(page.getByRole('button', { name: words.copied })).toBeVisible();

        await exactly(words.name).fill('Podpora WhatsApp');
        await exactly(words.accessToken).fill(EXAMPLE.token);
        await exactly(words.appSecret).fill(EXAMPLE.appSecret);
        await saved();
        await expect(page.getByText(words.stored)).toHaveCount(2);
        expect(await page.content()).not.toContain(EXAMPLE.appSecret);
      });

      const webhookUrl = await exactly(words.webhookUrl).inputValue();
      const verifyToken = await exactly(words.verifyToken).inputValue();

      await test.step('Messaging Settings', async () => {
        await page.getByRole('link', { name: words.messaging, exact: true }).click();
        await exactly(words.phoneNumber).fill(EXAMPLE.number);
        await exactly(words.phoneNumberId).fill(EXAMPLE.numberId);
        await exactly(words.waba).fill(EXAMPLE.waba);
        await exactly(words.destination).selectOption('Podpora');
        await saved();
        await expect(page.getByText(words.waiting, { exact: true })).toBeVisible();
      });

      await test.step('Meta calls, and the badge turns by itself', async () => {
        await mark(page);
        await world.simulator.subscribe(webhookUrl, verifyToken);
        await expect(page.getByText(words.active, { exact: true })).toBeVisible();
        await expectSameDocument(page);
      });

      await test.step('the doctor agrees', async () => {
        await page.getByRole('link', { name: words.health, exact: true }).click();
        await page.getByRole('button', { name: words.check }).click();
        await expect(page.getByText(words.checked)).toBeVisible();
        await expect(page.getByText(words.active, { exact: true }).first()).toBeVisible();
      });

      await test.step('the list says the same', async () => {
        await visit(page, '/channels');
        const row = page.getByRole('row', { name: 'Podpora WhatsApp' });
        await expect(row).toContainText('+420 800 555 010');
        await expect(row).toContainText(words.active);
      });

      await test.step('the link of the first start is used up', async () => {
        const answer = await fetch(await world.setupLink());
        expect(await answer.text()).not.toContain('form[password]');
      });
    });
  });
}
