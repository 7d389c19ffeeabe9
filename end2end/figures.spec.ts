// How quick the console is in a browser, beside controls in the same run. It checks nothing and takes minutes, so it runs
// only when it is asked for: SWITCHBOARD_FIGURES=1 npx playwright test figures

import type { CDPSession, Page } from '@playwright/test';
import { deliver } from './support/past.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';
import type { Channel, World } from './support/world.js';

const { inbox } = words('en');
/** Chromium's own throttle: so much slower is the processor. */
const SLOWED = 4;

// A trace is a copy of the page at each step.
test.use({ trace: 'off' });
test.skip(process.env.SWITCHBOARD_FIGURES === undefined, 'only when asked for');

const waId = (n: number) => String(420800600000 + n);
const nameOf = (n: number) => `Zákazník ${String(n).padStart(5, '0')}`;
const list = (page: Page) => page.getByRole('region', { name: inbox.list.label });

/** So many customers, the last of which have written `each` messages. */
async function crowd(channel: Channel, count: number, each: (n: number) => number): Promise<void> {
  const begun = Date.now() - 4 * 3_600_000;
  const messages = Array.from({ length: count }, (_, n) =>
    Array.from({ length: each(n) }, (_, m) => ({
      customer: { name: nameOf(n), waId: waId(n) },
      at: new Date(begun + n * 1000 + m * 30_000),
      text: `Dobrý den, zpráva číslo ${m + 1} od zákazníka ${n}. Kdy prosím dorazí objednávka?`,
    })),
  ).flat();
  messages.sort((a, b) => a.at.getTime() - b.at.getTime());
  await deliver(channel, messages);
}

async function arrived(page: Page, count: number): Promise<void> {
  // The process may still be at work.
  const shown = new RegExp(count.toLocaleString('en').replace(',', '.?'));
  await expect(list(page).getByRole('link', { name: /^Waiting/ })).toContainText(shown, { timeout: 120_000 });
}

function said(what: string, millis: number[]): void {
  const sorted = [...millis].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN);
  console.log(`${what}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms of ${millis.length}`);
}

const slow = (cdp: CDPSession, rate: number) => cdp.send('Emulation.setCPUThrottlingRate', { rate });

/** Milliseconds from the click on a row until its customer's messages are there, and until they are painted. */
const click = (page: Page, href: string) =>
  page.evaluate(
    (href) =>
      new Promise<[number, number]>((done) => {
        const link = document.querySelector<HTMLElement>(`a[href="${href}"]`);
        const text = `od zákazníka ${Number(/\d{5}/.exec(link?.textContent ?? '')?.[0])}.`;
        const begin = performance.now();
        const look = () => {
          if (!document.querySelector('[role=log]')?.textContent?.includes(text)) return requestAnimationFrame(look);
          const there = performance.now() - begin;
          requestAnimationFrame(() => setTimeout(() => done([there, performance.now() - begin])));
        };
        link?.click();
        requestAnimationFrame(look);
      }),
    href,
  );

/** Picks the sessions up for Jana, and reads them. */
async function answeredAll(world: World): Promise<void> {
  const page = await world.api<{ items: { id: string }[] }>('GET', 'sessions?limit=50');
  for (const { id } of page.items) {
    await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
    await world.api('POST', `sessions/${id}/read`, {});
  }
}

for (const [each, tab] of [
  [1, 'waiting'],
  [50, 'mine'],
  [50, 'waiting'],
] as const) {
  test(`click to thread, ${each} messages, ${tab}`, async ({ world, person }) => {
    test.setTimeout(600_000);
    if (!world.channel) throw new Error('the world is furnished');
    await crowd(world.channel, 300, (n) => (n >= 240 || n < 60 ? each : 1));
    if (tab === 'mine') await answeredAll(world);
    const page = await person('jana');
    await visit(page, `/inbox?tab=${tab}`);
    await arrived(page, tab === 'mine' ? 250 : 300);
    await page.reload();
    await expect(list(page).locator('a.row')).toHaveCount(50);
    await page.waitForTimeout(3000);
    const links = await list(page)
      .locator('a.row')
      .evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
    const cdp = await page.context().newCDPSession(page);
    await slow(cdp, SLOWED);
    const times: [number, number][] = [];
    for (const href of links) {
      times.push(await click(page, href));
      await page.waitForTimeout(500);
    }
    const there = times.map(([there]) => there);
    const what = `${each} messages, ${tab}`;
    said(`${what}, first ten`, there.slice(0, 10));
    said(`${what}, all`, there);
    said(
      `${what}, all, painted`,
      times.map(([, painted]) => painted),
    );
    // The control: how long the process takes, without a page to draw.
    const control: number[] = [];
    for (const href of links.slice(0, 20)) {
      control.push(
        await page.evaluate(async (href) => {
          const begin = performance.now();
          const id = /inbox\/([^?]+)/.exec(href)?.[1] ?? '';
          const body = new URLSearchParams({ session: id });
          await (await fetch('/rpc/inbox/thread', { method: 'POST', body })).text();
          return performance.now() - begin;
        }, href),
      );
    }
    said('control: the thread is fetched and not drawn', control);
  });
}

/** Scrolls by so many pixels with each frame, and returns the share of frames that came late. */
const late = (page: Page, pixels: number, frames: number) =>
  page.evaluate(
    ([pixels, frames]) =>
      new Promise<number>((done) => {
        const box = document.querySelector('.rows-scroll') as HTMLElement;
        const times: number[] = [];
        let by = pixels;
        const step = (now: number) => {
          times.push(now);
          if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) by = -Math.abs(by);
          if (box.scrollTop <= 0) by = Math.abs(by);
          box.scrollBy(0, by);
          if (times.length <= frames) return requestAnimationFrame(step);
          const gaps = times.slice(1).map((at, n) => at - (times[n] ?? at));
          const missed = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / (1000 / 60)) - 1), 0);
          done(missed / (missed + gaps.length));
        };
        requestAnimationFrame(step);
      }),
    [pixels, frames] as const,
  );

test('scrolling ten thousand rows', async ({ world, person }) => {
  test.setTimeout(900_000);
  if (!world.channel) throw new Error('the world is furnished');
  await crowd(world.channel, 10_000, () => 1);
  const page = await person('jana');
  await visit(page, '/inbox?tab=waiting');
  await arrived(page, 10_000);
  await page.reload();
  // The rows are read first: what is measured is the drawing.
  await expect(async () => {
    await page.locator('.rows-scroll').evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await expect(list(page).getByRole('link', { name: nameOf(9_999) })).toBeInViewport({ timeout: 100 });
  }).toPass({ timeout: 400_000, intervals: [50] });
  const share = async (pixels: number) => `${((await late(page, pixels, 600)) * 100).toFixed(1)} %`;
  // A wheel and a hand are slower; nobody reads at the second.
  const said = async (what: string) =>
    console.log(`${what}: late of 600 frames at 50 pixels each ${await share(50)}, at 200 ${await share(200)}`);
  await said('10,000 rows');
  // The control: a plain list of as many lines, without a script of its own.
  await page.goto('about:blank');
  await page.setContent(
    `<div class="rows-scroll" style="height: 700px; overflow: auto">${'<p style="height: 4rem">A line</p>'.repeat(10_000)}</div>`,
  );
  await said('control, 10,000 plain lines');
});
