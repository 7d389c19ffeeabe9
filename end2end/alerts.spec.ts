// Alerts: what calls a user who looks elsewhere, once for all tabs of their browser.

import type { BrowserContext, Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { filled, words } from './support/words.js';

const { common, inbox } = words('en');

type Shown = { title: string; body: string; open: boolean };
type Recorder = { shown: (Shown & { click?: () => void })[]; permission: string };

/** The system's notifications, as pages show them. */
async function record(context: BrowserContext, answer: 'granted' | 'denied'): Promise<void> {
  await context.addInitScript((answer) => {
    const shown: (Shown & { click?: () => void })[] = [];
    class Recorded {
      // An empty page has no storage.
      static permission = (location.protocol === 'http:' && localStorage.getItem('permission')) || 'default';
      static requestPermission(): Promise<string> {
        Recorded.permission = answer;
        localStorage.setItem('permission', answer);
        return Promise.resolve(answer);
      }
      private readonly of: Shown & { click?: () => void };
      constructor(title: string, options: { body: string }) {
        this.of = { title, body: options.body, open: true };
        shown.push(this.of);
      }
      set onclick(click: () => void) {
        this.of.click = click;
      }
      close(): void {
        this.of.open = false;
      }
    }
    Object.assign(window, { Notification: Recorded, shown });
  }, answer);
}

const shown = (page: Page): Promise<Shown[]> =>
  page.evaluate(() =>
    (window as unknown as Recorder).shown.map(({ title, body, open }) => ({ title, body, open })),
  );

async function choose(page: Page): Promise<void> {
  await page.locator('summary.person').click();
  await page.getByLabel(common.alerts.desktop).check();
  await page.keyboard.press('Escape');
}

test('a waiting session calls once for all tabs, and no more once somebody has it', async ({ world, person }) => {
  const jana = await person('jana');
  await record(jana.context(), 'granted');
  await visit(jana, '/inbox?tab=waiting');
  await choose(jana);
  const second = await jana.context().newPage();
  // It hears the events from the first tab.
  await second.goto('/inbox?tab=mine');
  await expect(second.locator('summary.person')).toBeVisible();
  await second.locator('summary.person').click();
  await expect(second.getByLabel(common.alerts.desktop)).toBeChecked();
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Haló?');
  const all = async () => [...(await shown(jana)), ...(await shown(second))];
  const expected = { title: 'Karel Dvořák', body: filled(common.alerts.waits, { words: 'Haló?' }) };
  await expect.poll(all).toEqual([{ ...expected, open: true }]);
  // A session that waits calls once.
  await world.simulator.says(karel, 'Je tam někdo?');
  const { id } = await world.sessionOf(karel);
  await expect.poll(async () => (await world.sessionOf(karel)).unread).toBe(2);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '202' });
  await expect.poll(all).toEqual([{ ...expected, open: false }]);
});

test('an own session calls where it is not in view, and a click opens it', async ({ world, person }) => {
  const page = await person('jana');
  await record(page.context(), 'granted');
  const { karel, id } = await pickedUp(world, page);
  await choose(page);
  const chat = page.getByRole('log', { name: inbox.thread.messages });
  await world.simulator.says(karel, 'In view');
  await expect(chat).toContainText('In view');
  await expect.poll(async () => (await world.sessionOf(karel)).unread).toBe(0);
  expect(await shown(page)).toEqual([]);
  await page.goto('/inbox?tab=mine');
  await visit(page, '/inbox?tab=mine');
  await world.simulator.says(karel, 'Out of view');
  await expect.poll(() => shown(page)).toEqual([{ title: 'Karel Dvořák', body: 'Out of view', open: true }]);
  await page.evaluate(() => (window as unknown as Recorder).shown[0]?.click?.());
  await expect(page).toHaveURL(new RegExp(`/inbox/${id}`));
  await expect(chat).toContainText('Out of view');
  expect((await shown(page))[0]?.open).toBe(false);
});

test('where the browser blocks notifications, the choice says so', async ({ person }) => {
  const page = await person('jana');
  await record(page.context(), 'denied');
  await visit(page, '/inbox');
  await page.locator('summary.person').click();
  await page.getByLabel(common.alerts.desktop).click();
  await expect(page.getByText(common.alerts.refused)).toBeVisible();
  await expect(page.getByLabel(common.alerts.desktop)).not.toBeChecked();
  await page.getByLabel(common.alerts.sound).selectOption(common.alerts.low);
  await page.reload();
  await page.locator('summary.person').click();
  await expect(page.getByLabel(common.alerts.sound).locator('option:checked')).toHaveText(common.alerts.low);
  await expect(page.getByLabel(common.alerts.desktop)).not.toBeChecked();
});
