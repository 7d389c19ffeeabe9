// The main ways in Firefox: a session from the customer's first message to its end.

import type { Page } from 'puppeteer-core';
import { Firefox, click } from './support/firefox.js';
import { expect, test } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');

const text = (page: Page, selector: string) =>
  page.$$eval(selector, (all) => all.map((one) => one.textContent ?? '').join('\n'));
const count = (page: Page, selector: string) => page.$$eval(selector, (all) => all.length);

/** Waits until the elements say this. */
const says = (page: Page, selector: string, what: string) =>
  expect.poll(() => text(page, selector), { timeout: 15_000 }).toContain(what);

test('a day in Firefox', async ({ world }) => {
  test.setTimeout(180_000);
  const firefox = await Firefox.start();
  const errors: string[] = [];
  try {
    const jana = await firefox.person(world, 'jana', errors);
    const petr = await firefox.person(world, 'petr', errors);
    const button = (name: string) => `::-p-aria([name="${name}"][role="button"])`;

    await test.step('a message comes, live', async () => {
      const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
      await world.simulator.says(karel, 'Dobrý den, *potřebuji* pomoc');
      await says(jana, 'a.row', 'Karel Dvořák');
      await says(petr, 'a.row', 'Karel Dvořák');
    });

    await test.step('it is picked up, and the other sees that', async () => {
      await click(jana, 'a.row');
      await says(jana, '[role=log]', 'potřebuji');
      await click(petr, 'a.row');
      await says(petr, '[role=log]', 'potřebuji');
      await click(jana, button(inbox.thread.pick_up));
      await expect.poll(() => jana.evaluate(() => location.href)).toContain('tab=mine');
      await expect.poll(() => count(petr, 'a.row')).toBe(0);
    });

    await test.step('an answer is written with the keys, and its ticks come', async () => {
      await click(jana, '#composer-text');
      await jana.keyboard.type('Hned se na to podívám');
      await jana.keyboard.press('Enter');
      await says(jana, '[role=log]', 'Hned se na to podívám');
      await expect.poll(() => count(jana, '[role=log] .ticks')).toBeGreaterThan(0);
      expect(await jana.$eval('#composer-text', (field) => (field as HTMLTextAreaElement).value)).toBe('');
    });

    await test.step('a note, an emoji, the keys and the command bar', async () => {
      await jana.keyboard.press('Escape');
      await jana.keyboard.press('n');
      await jana.waitForSelector('#composer-note', { visible: true });
      await jana.keyboard.type('Volal včera');
      await jana.keyboard.press('Enter');
      await says(jana, '[role=log]', 'Volal včera');
      await jana.keyboard.press('Escape');
      await jana.keyboard.press('?');
      await jana.waitForSelector('dialog#keys[open]');
      await jana.keyboard.press('Escape');
      await expect.poll(() => count(jana, 'dialog#keys[open]')).toBe(0);
      await jana.keyboard.down('Control');
      await jana.keyboard.press('k');
      await jana.keyboard.up('Control');
      await jana.waitForSelector('dialog[open]');
      await jana.keyboard.press('Escape');
    });

    await test.step('after the server was away, what came meanwhile is there', async () => {
      await world.stopServer();
      await world.startServerAgain();
      const eva = await world.simulator.addCustomer('Eva Malá', '420800555202');
      await world.simulator.says(eva, 'Haló?');
      await click(jana, '.inbox-tab[href*=waiting]');
      await expect.poll(() => text(jana, 'a.row'), { timeout: 60_000 }).toContain('Eva Malá');
    });

    await test.step('it ends', async () => {
      await click(jana, '.inbox-tab[href*=mine]');
      await says(jana, 'a.row', 'Karel Dvořák');
      await click(jana, 'a.row');
      await jana.waitForSelector('#thread-close');
      await click(jana, '#thread-close');
      await click(jana, button(inbox.confirm.yes));
      await expect.poll(() => count(jana, 'a.row')).toBe(0);
    });
  } finally {
    await firefox.stop();
  }
  // The server was away for a moment.
  const expected = /NetworkError|can’t establish a connection|connection to .* was interrupted|Failed to fetch|\/events|\/rpc\//;
  expect(errors.filter((error) => !expected.test(error))).toEqual([]);
});
