// The handbook: read without a script, searched, opened from each page; and the pictures in it, which this journey takes
// anew with SWITCHBOARD_PICTURES=1 (`docs/guide`). Without it, the journey proves that what they show can be reached.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Locator, type Page } from '@playwright/test';
import { axe } from './support/axe.js';
import { expect, test, visit } from './support/test.js';
import { LOCALE, words } from './support/words.js';
import type { World } from './support/world.js';

const GUIDE = join(import.meta.dirname, '../docs/guide');
const LANGUAGES = ['en', 'cs'] as const;

async function takePicture(language: string, name: string, of: Page | Locator): Promise<void> {
  if (!process.env.SWITCHBOARD_PICTURES) return;
  await writeFile(join(GUIDE, language, name), await of.screenshot({ animations: 'disabled', caret: 'hide' }));
}

/** Some customers, whose names are those of the demo. Returns the session that Jana has. */
async function someWork(world: World): Promise<string> {
  const talk = async (name: string, number: string, texts: string[]) => {
    const customer = await world.simulator.addCustomer(name, number);
    for (const text of texts) await world.simulator.says(customer, text);
    return (await world.sessionOf(customer)).id;
  };
  await talk('Eva Malá', '420800555202', ['Dobrý den, kdy máte v sobotu otevřeno?']);
  await talk('Čeněk Procházka', '420800555203', ['Poslali jste mi jinou barvu 😕']);
  const id = await talk('Karel Dvořák', '420800555201', ['Dobrý den', 'Objednávka 4711 ještě *nepřišla*.']);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  await world.api('POST', `sessions/${id}/messages`, { type: 'text', text: { body: 'Dobrý den, hned se podívám.' } });
  return id;
}

for (const language of LANGUAGES) {
  test.describe(language, () => {
    test.use({ locale: LOCALE[language], viewport: { width: 1180, height: 720 } });
    const { inbox, directory, channels } = words(language);

    test('what its pictures show can be reached', async ({ world, person }) => {
      const id = await someWork(world);
      const [jana, admin] = [await person('jana'), await person('admin', { viewport: { width: 1180, height: 980 } })];
      const note = { session: id, text: 'Balík leží na depu v Brně.' };
      expect((await jana.request.post('/rpc/inbox/note', { form: note })).ok()).toBe(true);
      await visit(jana, `/inbox/${id}`);
      await expect(jana.getByRole('log').getByText('hned se podívám')).toBeVisible();
      await expect(jana.locator('.rows .row')).toHaveCount(1);
      await jana.getByRole('link', { name: inbox.list.all }).click();
      await expect(jana.locator('.rows .row')).toHaveCount(3);
      await takePicture(language, 'inbox.png', jana);
      await takePicture(language, 'thread.png', jana.locator('.inbox-thread'));

      await visit(admin, '/sessions');
      await admin.getByRole('link', { name: /Jana Nováková/ }).click();
      await expect(admin.getByRole('button', { name: directory.sessions.transfer })).toBeVisible();
      await takePicture(language, 'sessions.png', admin.locator('main'));
      await visit(admin, '/session-log');
      await expect(admin.getByRole('link', { name: directory.log.export })).toBeVisible();
      await takePicture(language, 'session-log.png', admin.locator('main'));
      await visit(admin, '/queues');
      await admin.getByRole('link', { name: 'Podpora' }).click();
      await expect(admin.getByLabel(directory.queues.distributes)).toBeVisible();
      await takePicture(language, 'queue.png', admin.locator('main'));
      await visit(admin, `/channels/${world.channel?.id}`);
      await expect(admin.getByLabel(channels.field.name, { exact: true })).toBeVisible();
      await takePicture(language, 'channel.png', admin.locator('main'));
      await visit(admin, `/channels/${world.channel?.id}/health`);
      await admin.getByRole('button', { name: channels.health.check }).click();
      await expect(admin.getByText(channels.health.checked)).toBeVisible();
      await takePicture(language, 'health.png', admin.locator('main'));
    });

    test('it is read without a script, and searched', async ({ stranger, troubles }) => {
      troubles.allow(/404 .*xx/, /status of 404/);
      const { common } = words(language);
      const page = await stranger({ javaScriptEnabled: false });
      await page.goto('/help');
      await expect(page).toHaveURL(new RegExp(`/help/${language}$`));
      const contents = page.getByRole('navigation', { name: common.help.contents });
      const pages = await contents.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      expect(pages.length).toBeGreaterThan(15);
      for (const href of pages) {
        await page.goto(href ?? '');
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        await expect(contents.locator('[aria-current=page]')).toHaveCount(1);
        const broken = await page
          .locator('main img')
          .evaluateAll((all) => all.filter((image) => !(image as HTMLImageElement).naturalWidth).length);
        expect(broken, `pictures of ${href}`).toBe(0);
      }
      await page.getByRole('searchbox').fill('WEBHOOK');
      await page.getByRole('searchbox').press('Enter');
      await expect(page.locator('main mark').first()).toBeVisible();
      await page.locator('main h2 a').first().click();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await page.getByRole('searchbox').fill('<script>alert(1)</script>');
      await page.getByRole('searchbox').press('Enter');
      await expect(page.getByText(common.help.none)).toBeVisible();
      expect((await page.goto('/help/xx/inbox'))?.status()).toBe(404);
    });
  });
}

test('each page of the console opens its page, and the handbook is accessible', async ({ person, world }) => {
  const { common } = words('en');
  const admin = await person('admin');
  for (const [path, chapter] of [
    ['/inbox', 'inbox'],
    ['/session-log', 'session-log'],
    ['/queues', 'queues'],
    [`/channels/${world.channel?.id}/health`, 'health'],
    ['/system/deliveries', 'deliveries'],
    ['/system/webhooks', 'webhooks'],
  ]) {
    await visit(admin, path ?? '');
    await expect(admin.getByRole('link', { name: common.help.open })).toHaveAttribute('href', `/help/en/${chapter}`);
  }
  for (const [theme, width] of [
    ['light', 1280],
    ['dark', 360],
  ] as const) {
    await admin.emulateMedia({ colorScheme: theme });
    await admin.setViewportSize({ width, height: 800 });
    for (const path of ['/help/en/connect', '/help/cs/keys', '/help/en?q=queue']) {
      await admin.goto(path);
      const { violations } = await axe(admin).analyze();
      expect(violations, `${path} ${theme}`).toEqual([]);
      const wide = await admin.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect(wide, `${path} fits ${width} px`).toBe(false);
    }
  }
});
