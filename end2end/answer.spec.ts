// The way of an operator: a customer writes, the session appears, it is picked up, answered and closed.

import { LOCALE, type Language, expect, expectSameDocument, mark, test, untilLive, visit } from './support/test.js';
import { PASSWORD } from './support/world.js';

const WORDS = {
  en: {
    login: 'Login',
    password: 'Password',
    logIn: 'Log in',
    inbox: 'Inbox',
    nobodyWaits: 'Nobody is waiting',
    mine: 'Mine',
    waiting: 'Waiting',
    all: 'All',
    unread: 'Unread: 1',
    pickUp: 'Pick up',
    reply: 'Reply',
    pickedUp: 'Jana Nováková picked up',
    queued: 'Queued',
    sent: 'Sent',
    delivered: 'Delivered',
    read: 'Read',
    close: 'Close',
    closeSession: 'Close session',
    closed: 'This session is closed.',
    messages: 'Messages',
    sessions: 'Sessions',
    tabs: 'Which sessions',
  },
  cs: {
    login: 'Přihlašovací jméno',
    password: 'Heslo',
    logIn: 'Přihlásit se',
    inbox: 'Konverzace',
    nobodyWaits: 'Nikdo nečeká',
    mine: 'Moje',
    waiting: 'Čekající',
    all: 'Všechny',
    unread: 'Nepřečtené: 1',
    pickUp: 'Převzít',
    reply: 'Odpověď',
    pickedUp: 'Převzato: Jana Nováková',
    queued: 'Čeká na odeslání',
    sent: 'Odesláno',
    delivered: 'Doručeno',
    read: 'Přečteno',
    close: 'Ukončit',
    closeSession: 'Ukončit konverzaci',
    closed: 'Tato konverzace je ukončená.',
    messages: 'Zprávy',
    sessions: 'Seznam konverzací',
    tabs: 'Které konverzace',
  },
} as const;

for (const language of ['en', 'cs'] as Language[]) {
  test.describe(language, () => {
    const words = WORDS[language];
    test.use({ locale: LOCALE[language] });

    test('a customer writes and is answered', async ({ world, stranger, phone }) => {
      const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
      const eva = await world.simulator.addCustomer('Eva Malá', '420800555202');
      const page = await stranger();
      const list = page.getByRole('region', { name: words.sessions });
      const chat = page.getByRole('log', { name: words.messages });
      const reply = page.getByLabel(words.reply, { exact: true });
      const tab = (name: string) => page.getByRole('navigation', { name: words.tabs }).getByRole('link', { name });

      await test.step('Jana logs in', async () => {
        await page.goto('/');
        await page.getByLabel(words.login, { exact: true }).fill('jana');
        await page.getByLabel(words.password, { exact: true }).fill(PASSWORD);
        await untilLive(page, () => page.getByRole('button', { name: words.logIn }).click());
        await expect(page).toHaveTitle(new RegExp(`^${words.inbox}`));
        await tab(words.waiting).click();
        await expect(list.getByRole('heading', { name: words.nobodyWaits })).toBeVisible();
        await mark(page);
      });

      const customer = await phone(karel);
      await test.step('Karel writes, and the session is there', async () => {
        const message = customer.getByLabel('Message', { exact: true });
        await message.pressSequentially('Dobrý den, kde je můj balík?');
        await message.press('Enter');
        const row = list.getByRole('link', { name: 'Karel Dvořák' });
        await expect(row).toContainText('Dobrý den, kde je můj balík?');
        await expect(row).toContainText(words.unread);
        await expect(tab(words.waiting)).toContainText('1');
        await expect(page).toHaveTitle(new RegExp(`^\\(1\\) ${words.inbox}`));
      });

      await test.step('Jana picks it up', async () => {
        await list.getByRole('link', { name: 'Karel Dvořák' }).click();
        await expect(chat).toContainText('Dobrý den, kde je můj balík?');
        await page.getByRole('button', { name: words.pickUp }).first().click();
        await expect(chat).toContainText(words.pickedUp);
        await expect(tab(words.mine)).toContainText('1');
        await expect(page).toHaveTitle(new RegExp(`^${words.inbox}`));
      });

      await test.step('her answer goes out: 🕓, ✓, ✓✓', async () => {
        // The phone looks at another chat, so that nothing is read yet.
        await customer.getByLabel('Customer', { exact: true }).selectOption(String(eva.id));
        await world.simulator.fault({ target: 'send', kind: 'delay', ms: 1500 });
        await world.simulator.fault({ target: 'webhook', kind: 'delay', ms: 1500 });
        await world.simulator.fault({ target: 'webhook', kind: 'delay', ms: 1500 });
        await reply.fill('Už to řeším.');
        await reply.press('Enter');
        await expect(chat).toContainText('Už to řeším.');
        await expect(reply).toHaveValue('');
        await expect(chat.getByTitle(words.queued)).toBeVisible();
        await expect(chat.getByTitle(words.sent, { exact: true })).toBeVisible();
        await expect(chat.getByTitle(words.delivered)).toBeVisible();
      });

      await test.step('Karel reads it: blue ✓✓', async () => {
        await customer.getByLabel('Customer', { exact: true }).selectOption(String(karel.id));
        await expect(customer.getByRole('log')).toContainText('Už to řeším.');
        await expect(chat.getByTitle(words.read, { exact: true })).toBeVisible();
        const colour = (title: string) =>
          chat.getByTitle(title, { exact: true }).evaluate((ticks) => getComputedStyle(ticks).color);
        expect(await colour(words.read)).not.toBe(
          await chat.getByRole('time').last().evaluate((time) => getComputedStyle(time).color),
        );
      });

      await test.step('while he is looked at, nothing of his is unread', async () => {
        await customer.getByLabel('Message', { exact: true }).fill('Děkuji!');
        await customer.getByRole('button', { name: 'Send' }).click();
        await expect(chat).toContainText('Děkuji!');
        await expect(page).toHaveTitle(new RegExp(`^${words.inbox}`));
      });

      await test.step('Jana closes the session', async () => {
        await page.getByRole('button', { name: words.close, exact: true }).click();
        await page.getByRole('dialog').getByRole('button', { name: words.closeSession }).click();
        await expect(page.getByText(words.closed)).toBeVisible();
        await expect(page.getByRole('button', { name: words.pickUp })).toHaveCount(0);
      });

      await test.step('the next message opens a new one', async () => {
        await customer.getByLabel('Message', { exact: true }).fill('Ještě jedna věc…');
        await customer.getByRole('button', { name: 'Send' }).click();
        await tab(words.waiting).click();
        const row = list.getByRole('link', { name: 'Karel Dvořák' });
        await expect(row).toContainText('Ještě jedna věc…');
        await row.click();
        await expect(chat).toContainText('Ještě jedna věc…');
        await expect(chat).not.toContainText('Děkuji!');
        expect(await world.sessions()).toHaveLength(2);
      });

      await expectSameDocument(page);
    });
  });
}

test('each person keeps the language that they chose', async ({ person }) => {
  const page = await person('jana');
  await visit(page, '/inbox');
  await page.getByRole('button', { name: 'Čeština' }).click();
  await expect(page.getByRole('heading', { name: 'Právě nemáte žádnou konverzaci' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'cs');

  const elsewhere = await person('jana');
  await visit(elsewhere, '/inbox');
  await expect(elsewhere.getByRole('heading', { name: 'Právě nemáte žádnou konverzaci' })).toBeVisible();
});
