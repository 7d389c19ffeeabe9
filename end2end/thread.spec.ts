// A long conversation: it is read to its beginning, nothing jumps, and only messages that were on the screen count as
// read.

import type { Locator, Page } from '@playwright/test';
import { wroteMany } from './support/past.js';
import { expect, test, visit } from './support/test.js';
import { LOCALE, filled, words } from './support/words.js';
import type { World } from './support/world.js';

const { inbox } = words('en');
const KAREL = { name: 'Karel Dvořák', waId: '420800555201' };
const HOUR = 3_600_000;

const chat = (page: Page) => page.getByRole('log', { name: inbox.thread.messages });
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });
const line = (page: Page, text: string) => page.locator('.flow-line').filter({ has: page.getByText(text, { exact: true }) });
const unreadLine = (page: Page) => page.locator('#unread-line');
const top = (locator: Locator) => locator.evaluate((element) => element.getBoundingClientRect().top);

async function writes(world: World, texts: string[], start: number, step = 1000): Promise<void> {
  if (!world.channel) throw new Error('only a furnished world has a channel');
  const messages = texts.map((text, n) => ({ at: new Date(start + n * step), text }));
  await wroteMany(world.channel, KAREL, messages);
}

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `No. ${from + n}`);

/** Waits until the newest session has `unread` unread messages, and returns its id. */
async function session(world: World, unread: number): Promise<string> {
  const newest = async () => (await world.sessions()).find((session) => session.contact.label === KAREL.name);
  await expect.poll(async () => (await newest())?.unread, { timeout: 30_000 }).toBe(unread);
  return (await newest())?.id ?? '';
}

const unread = async (world: World, id: string) => (await world.api<{ unread: number }>('GET', `sessions/${id}`)).unread;

/** Jana's own session, with `read` messages that she has answered and `fresh` new ones. */
async function conversation(world: World, read: number, fresh: number): Promise<string> {
  const start = Date.now() - HOUR;
  await writes(world, numbered(0, read), start);
  const id = await session(world, read);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  await world.api('POST', `sessions/${id}/messages`, { type: 'text', text: { body: 'An answer' } });
  await expect.poll(() => unread(world, id)).toBe(0);
  if (fresh > 0) {
    await writes(world, numbered(read, read + fresh), Date.now());
    await session(world, fresh);
  }
  return id;
}

for (const width of [1280, 768]) {
  test(`1,500 messages are read to the first without a jump, ${width} wide`, async ({ world, person }) => {
    test.setTimeout(180_000);
    const id = await conversation(world, 1470, 30);
    const page = await person('jana', { viewport: { width, height: 800 } });
    await visit(page, `/inbox/${id}?tab=mine`);

    await test.step('it opens where the unread messages begin, and reads only what is on the screen', async () => {
      await expect(unreadLine(page)).toHaveText(filled(inbox.thread.unread, { count: 30 }));
      await expect(line(page, 'No. 1470')).toBeInViewport();
      await expect(line(page, 'No. 1499')).not.toBeInViewport();
      await expect.poll(() => unread(world, id)).toBeLessThan(30);
      const onScreen = await page.locator('.flow-line').evaluateAll(
        (lines) =>
          lines.filter((line) => line.getBoundingClientRect().top + 24 <= (line.closest('.flow-scroll')?.getBoundingClientRect().bottom ?? 0))
            .length,
      );
      const all = await page.locator('.flow-line').count();
      expect(await unread(world, id)).toBe(all - onScreen);
      expect(all - onScreen).toBeGreaterThan(0);
    });

    await test.step('at the end all is read, and the line is where it was', async () => {
      await chat(page).evaluate((scroller) => scroller.scrollTo(0, 0));
      await expect.poll(() => unread(world, id)).toBe(0);
      await expect(unreadLine(page)).toHaveText(filled(inbox.thread.unread, { count: 30 }));
      await writes(world, ['One more'], Date.now() + 60_000);
      await expect(line(page, 'One more')).toBeInViewport();
      await expect.poll(() => unread(world, id)).toBe(0);
      await expect(unreadLine(page)).toHaveText(filled(inbox.thread.unread, { count: 30 }));
    });

    await test.step('upwards to the first message', async () => {
      const opened = chat(page).getByText(inbox.moment.opened);
      let loaded = await page.locator('.flow-line').count();
      expect(loaded).toBeLessThan(600);
      await expect(opened).toHaveCount(0);
      for (let turn = 0; turn < 40 && (await opened.count()) === 0; turn += 1) {
        // A place near the top of the loaded part, from which the messages above are loaded at once.
        const held = await page.evaluateHandle(() => {
          const scroller = document.querySelector('.flow-scroll');
          if (!scroller) throw new Error('no scroller');
          scroller.scrollTop = -(scroller.scrollHeight - scroller.clientHeight) + 300;
          const middle = scroller.getBoundingClientRect().top + scroller.clientHeight / 2;
          const lines = [...document.querySelectorAll('.flow-line')];
          return lines.find((line) => line.getBoundingClientRect().top > middle) ?? null;
        });
        const place = () => held.evaluate((line) => line?.getBoundingClientRect().top ?? NaN);
        const before = await place();
        await expect.poll(async () => (await page.locator('.flow-line').count()) > loaded || (await opened.count()) > 0).toBe(true);
        expect(Math.abs((await place()) - before)).toBeLessThanOrEqual(1);
        loaded = await page.locator('.flow-line').count();
      }
      await expect(opened).toHaveCount(1);
      await chat(page).evaluate((scroller) => scroller.scrollTo(0, -scroller.scrollHeight));
      await expect(line(page, 'No. 0')).toBeInViewport();
      const texts = await page.locator('.flow-line .bubble-text').allTextContents();
      expect(texts).toEqual([...numbered(0, 1470), 'An answer', ...numbered(1470, 1500), 'One more']);
      // The window itself has not moved.
      expect(await page.evaluate(() => [window.scrollY, document.documentElement.scrollHeight - window.innerHeight])).toEqual([0, 0]);
    });

    await test.step('a message that comes now moves nothing', async () => {
      const before = await top(line(page, 'No. 5'));
      await writes(world, ['And another'], Date.now() + 120_000);
      await expect(page.getByRole('button', { name: filled(inbox.thread.news, { count: 1 }) })).toBeVisible();
      expect(Math.abs((await top(line(page, 'No. 5'))) - before)).toBeLessThanOrEqual(1);
      expect(await unread(world, id), 'it has not been on the screen').toBe(1);
      await page.getByRole('button', { name: filled(inbox.thread.news, { count: 1 }) }).click();
      await expect(line(page, 'And another')).toBeInViewport();
      await expect.poll(() => unread(world, id)).toBe(0);
    });
  });
}

test('a thread without unread messages opens at its end', async ({ world, person }) => {
  const id = await conversation(world, 450, 0);
  const page = await person('jana');
  await visit(page, `/inbox/${id}?tab=mine`);
  await expect(line(page, 'An answer')).toBeInViewport();
  await expect(unreadLine(page)).toHaveCount(0);
});

test('a returning customer comes with their history', async ({ world, person }) => {
  const first = await conversation(world, 40, 0);
  await world.api('POST', `sessions/${first}/close`);
  await writes(world, ['It is me again'], Date.now());
  await expect.poll(async () => (await world.sessions()).length).toBe(2);
  const second = await session(world, 1);
  await world.api('POST', `sessions/${second}/pick-up`, { extension: '201' });
  const page = await person('jana');
  await visit(page, `/inbox/${second}?tab=mine`);
  await expect(line(page, 'It is me again')).toBeInViewport();
  // Messages nearby load by themselves.
  await expect(line(page, 'No. 39')).toBeAttached();
  await expect(chat(page).getByText(inbox.thread.this_session)).toBeVisible();
  await chat(page).evaluate((scroller) => scroller.scrollTo(0, -scroller.scrollHeight));
  await expect(chat(page).getByText(inbox.thread.earlier_session)).toBeVisible();
  await expect(line(page, 'No. 0')).toBeInViewport();
  await page.getByRole('complementary').getByRole('listitem').filter({ hasText: 'Podpora WhatsApp' }).getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/inbox/${first}\\?tab=all$`));
  await expect(page.getByText(inbox.composer.closed)).toBeVisible();
});

test.describe('days', () => {
  const cases = [
    {
      zone: 'Europe/Prague',
      times: ['2026-10-24T22:30:00Z', '2026-10-25T23:30:00Z'],
      chips: ['25. října', '26. října'],
      told: ['2026-10-25', '2026-10-26'],
    },
    {
      zone: 'America/New_York',
      times: ['2026-11-10T18:00:00Z', '2026-11-11T01:00:00Z', '2026-11-11T18:00:00Z'],
      chips: ['10. listopadu', '11. listopadu'],
      told: ['2026-11-10', '2026-11-11'],
    },
  ];
  for (const { zone, times, chips, told } of cases) {
    test(`are the reader’s own in ${zone}`, async ({ world, person }) => {
      if (!world.channel) throw new Error('furnished');
      await wroteMany(world.channel, KAREL, times.map((time) => ({ at: new Date(time), text: time })));
      const id = await session(world, times.length);
      const page = await person('admin', { locale: LOCALE.cs, timezoneId: zone });
      const seen = page.locator('.flow-chip .time');
      for (const visited of ['for the first time', 'again']) {
        await visit(page, `/inbox/${id}?tab=all`);
        await expect(seen, visited).toHaveText(chips);
      }
      // What the process draws now that it knows the zone, before any script runs.
      const html = await (await page.request.get(`/inbox/${id}?tab=all`)).text();
      const drawn = [...html.matchAll(/class="flow-chip"[^]*?<time[^>]*>([^<]*)/g)].map((match) => match[1]);
      expect(drawn).toEqual(told);
      expect(html).not.toContain(' UTC<');
    });
  }

  test('are UTC, and say so, where the zone is not known', async ({ world, person }) => {
    if (!world.channel) throw new Error('furnished');
    await wroteMany(world.channel, KAREL, [{ at: new Date('2026-10-24T22:30:00Z'), text: 'Late' }]);
    const id = await session(world, 1);
    const page = await person('admin');
    const html = await (await page.request.get(`/inbox/${id}?tab=all`)).text();
    expect(html).toContain('22:30 UTC');
    expect(html).toContain('2026-10-24 UTC');
  });
});

test('a text that no text node of the browser holds is shown whole, and the page lives', async ({ world, person }) => {
  const page = await person('jana');
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, '😀 '.repeat(40_000));
  const { id } = await world.sessionOf(karel);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  await visit(page, `/inbox/${id}`);
  await reply(page).fill('Děkujeme');
  await reply(page).press('Enter');
  await expect(chat(page)).toContainText('Děkujeme');
  await expect.poll(() => world.simulator.accepted()).toEqual(['Děkujeme']);
});
