// An operator's work: a customer writes, the session appears, it is picked up, answered and closed.

import { expect, expectSameDocument, mark, test, untilLive, visit } from './support/test.js';
import { LOCALE, type Language, beginning, filled, words } from './support/words.js';
import { PASSWORD } from './support/world.js';

for (const language of ['en', 'cs'] as Language[]) {
  test.describe(language, () => {
    const { auth, inbox } = words(language);
    test.use({ locale: LOCALE[language] });

    test('a customer writes and is answered', async ({ world, stranger, phone }) => {
      const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
      const eva = await world.simulator.addCustomer('Eva Malá', '420800555202');
      const page = await stranger();
      const list = page.getByRole('region', { name: inbox.list.label });
      const tab = (name: string) =>
        page.getByRole('navigation', { name: inbox.list.tabs }).getByRole('link', { name });
      const chat = page.getByRole('log', { name: inbox.thread.messages });
      const reply = page.getByLabel(inbox.composer.label, { exact: true });
      const nothingUnread = () => expect(page).toHaveTitle(beginning(inbox.title));

      await test.step('Jana logs in', async () => {
        await page.goto('/');
        await page.getByLabel(auth.login, { exact: true }).fill('jana');
        await page.getByLabel(auth.password, { exact: true }).fill(PASSWORD);
        await untilLive(page, () => page.getByRole('button', { name: auth.log_in }).click());
        await nothingUnread();
        await tab(inbox.list.waiting).click();
        await expect(list.getByRole('heading', { name: inbox.empty.waiting_title })).toBeVisible();
        await mark(page);
      });

      const customer = await phone(karel);
      await test.step('Karel writes, and the session is there', async () => {
        const message = customer.getByLabel('Message', { exact: true });
        await message.pressSequentially('Dobrý den, kde je můj balík?');
        await message.press('Enter');
        const row = list.getByRole('link', { name: 'Karel Dvořák' });
        await expect(row).toContainText('Dobrý den, kde je můj balík?');
        await expect(row).toContainText(filled(inbox.list.unread, { count: 1 }));
        await expect(tab(inbox.list.waiting)).toHaveAccessibleName(`${inbox.list.waiting} 1`);
        await expect(page).toHaveTitle(beginning(`(1) ${inbox.title}`));
      });

      await test.step('Jana picks it up', async () => {
        await list.getByRole('link', { name: 'Karel Dvořák' }).click();
        await expect(chat).toContainText('Dobrý den, kde je můj balík?');
        // Neither Britain nor Czechia uses AM and PM.
        await expect(chat.locator('time').filter({ hasText: ':' }).first()).toHaveText(/^\d{2}:\d{2}$/);
        await page.getByRole('button', { name: inbox.thread.pick_up }).first().click();
        await expect(chat).toContainText(filled(inbox.moment.picked_up, { who: 'Jana Nováková' }));
        await expect(tab(inbox.list.mine)).toContainText('1');
        await nothingUnread();
      });

      await test.step('her answer goes out: 🕓, ✓, ✓✓', async () => {
        // The phone shows another chat, so that nothing is read yet.
        await customer.getByLabel('Customer', { exact: true }).selectOption(String(eva.id));
        await world.simulator.fault({ target: 'send', kind: 'delay', ms: 1500 });
        await world.simulator.fault({ target: 'webhook', kind: 'delay', ms: 1500 });
        await world.simulator.fault({ target: 'webhook', kind: 'delay', ms: 1500 });
        await reply.fill('Už to řeším.');
        await reply.press('Enter');
        await expect(chat).toContainText('Už to řeším.');
        await expect(reply).toHaveValue('');
        await expect(chat.getByTitle(inbox.status.queued)).toBeVisible();
        await expect(chat.getByTitle(inbox.status.sent, { exact: true })).toBeVisible();
        await expect(chat.getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
      });

      await test.step('Karel reads it: blue ✓✓', async () => {
        const colour = (title: string) =>
          chat.getByTitle(title, { exact: true }).evaluate((ticks) => getComputedStyle(ticks).color);
        const grey = await colour(inbox.status.delivered);
        await customer.getByLabel('Customer', { exact: true }).selectOption(String(karel.id));
        await expect(customer.getByRole('log')).toContainText('Už to řeším.');
        await expect(chat.getByTitle(inbox.status.read, { exact: true })).toBeVisible();
        expect(await colour(inbox.status.read)).not.toBe(grey);
      });

      await test.step('while he is looked at, nothing of his stays unread', async () => {
        await customer.getByLabel('Message', { exact: true }).fill('Děkuji!');
        await customer.getByRole('button', { name: 'Send' }).click();
        await expect(chat).toContainText('Děkuji!');
        await nothingUnread();
      });

      await test.step('Jana closes the session', async () => {
        await page.getByRole('button', { name: inbox.thread.close, exact: true }).click();
        await page.getByRole('dialog').getByRole('button', { name: inbox.confirm.yes }).click();
        await expect(page.getByText(inbox.composer.closed)).toBeVisible();
        await expect(page.getByRole('button', { name: inbox.thread.pick_up })).toHaveCount(0);
      });

      await test.step('the next message opens a new one', async () => {
        await customer.getByLabel('Message', { exact: true }).fill('Ještě jedna věc…');
        await customer.getByRole('button', { name: 'Send' }).click();
        await tab(inbox.list.waiting).click();
        const row = list.getByRole('link', { name: 'Karel Dvořák' });
        await expect(row).toContainText('Ještě jedna věc…');
        await row.click();
        await expect(chat).toContainText('Ještě jedna věc…');
        // The earlier messages are above it.
        await expect(chat).toContainText(inbox.thread.this_session);
        await expect(chat).toContainText('Děkuji!');
        expect(await world.sessions()).toHaveLength(2);
      });

      await expectSameDocument(page);
    });
  });
}

test('each person keeps the language that they chose', async ({ person }) => {
  const czech = words('cs').inbox;
  const page = await person('jana');
  await visit(page, '/inbox');
  await page.getByRole('button', { name: 'Čeština' }).click();
  await expect(page.getByRole('heading', { name: czech.empty.mine_title })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'cs');

  const elsewhere = await person('jana');
  await visit(elsewhere, '/inbox');
  await expect(elsewhere.getByRole('heading', { name: czech.empty.mine_title })).toBeVisible();
});
