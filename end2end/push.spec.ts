// Alerts while the console is closed: the choice, and what the service worker does with what the push service delivers.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { common } = words('en');
const ENDPOINT = 'https://push.example/send/1';

/** Chromium has no push service here: the subscription is one of nobody's. */
async function subscribes(page: Page, works: boolean): Promise<void> {
  await page.context().grantPermissions(['notifications']);
  await page.addInitScript(
    ({ endpoint, works }) => {
      // The example of RFC 8291.
      const keys = {
        p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
        auth: 'BTBZMqHH6r4Tts7J_aSIgg',
      };
      PushManager.prototype.subscribe = () =>
        works
          ? Promise.resolve({ endpoint, toJSON: () => ({ endpoint, keys }) } as unknown as PushSubscription)
          : Promise.reject(new DOMException('no service', 'AbortError'));
    },
    { endpoint: ENDPOINT, works },
  );
}

const choice = (page: Page) => page.getByLabel(common.alerts.closed);

async function choose(page: Page): Promise<void> {
  await page.locator('summary.person').click();
  await choice(page).click();
}

/** The push service delivers this to the console's service worker. */
async function deliver(page: Page, push: object): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first) resolve(first.registrationId);
    });
  });
  await devtools.send('ServiceWorker.enable');
  const origin = new URL(page.url()).origin;
  const registrationId = await registered;
  await devtools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: JSON.stringify(push) });
  await devtools.detach();
}

const shown = (page: Page): Promise<{ title: string; body: string }[]> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const shown = await registration.getNotifications();
    return shown.map(({ title, body }) => ({ title, body }));
  });

test('who wants alerts while the console is closed gets them, until somebody has read', async ({ world, person }) => {
  const page = await person('jana');
  await subscribes(page, true);
  const { karel, id } = await pickedUp(world, page);
  await visit(page, '/inbox?tab=mine');
  const told = page.waitForRequest('**/rpc/push/subscribe');
  await choose(page);
  await expect(choice(page)).toBeChecked();
  expect(new URLSearchParams((await told).postData() ?? '').get('endpoint')).toBe(ENDPOINT);

  const push = { title: 'Karel Dvořák', body: 'Haló?', tag: id, path: `/inbox/${id}?tab=mine`, lang: 'en' };
  // The page has the user's attention: it tells them itself.
  await page.bringToFront();
  await deliver(page, push);
  expect(await shown(page)).toEqual([]);
  // Playwright lets each page believe that it has the focus.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setFocusEmulationEnabled', { enabled: false });
  const other = await page.context().newPage();
  await other.goto('about:blank');
  await other.bringToFront();
  // The worker learns a moment later that the page has lost the focus.
  await expect(async () => {
    await deliver(page, push);
    expect(await shown(page)).toEqual([{ title: 'Karel Dvořák', body: 'Haló?' }]);
  }).toPass();
  // The next one of the session takes its place.
  await deliver(page, { ...push, body: 'Je tam někdo?' });
  await expect.poll(() => shown(page)).toEqual([{ title: 'Karel Dvořák', body: 'Je tam někdo?' }]);
  await world.simulator.says(karel, 'Haló?');
  await expect.poll(async () => (await world.sessionOf(karel)).unread).toBe(1);
  await world.api('POST', `sessions/${id}/read`, {});
  await expect.poll(() => shown(page)).toEqual([]);

  // The choice is this browser's, and it is told again after each log-in.
  const again = page.waitForRequest('**/rpc/push/subscribe');
  await page.reload();
  await again;
  await page.locator('summary.person').click();
  await expect(choice(page)).toBeChecked();
  await choice(page).click();
  await page.reload();
  await page.locator('summary.person').click();
  await expect(choice(page)).not.toBeChecked();
});

test('where the push service is not reached, the choice says so', async ({ person }) => {
  const page = await person('jana');
  await subscribes(page, false);
  await visit(page, '/inbox');
  await choose(page);
  await expect(page.getByText(common.alerts.no_service)).toBeVisible();
  await expect(choice(page)).not.toBeChecked();
});

test('the service worker is a script of the console, and the manifest is there for phones', async ({ page, world }) => {
  const worker = await page.request.get(new URL('push.js', world.url).href);
  expect(worker.headers()['content-type']).toContain('javascript');
  expect(worker.headers()['cache-control']).toBe('no-cache');
  const manifest = await page.request.get(new URL('console.webmanifest', world.url).href);
  expect(manifest.headers()['content-type']).toContain('application/manifest+json');
  expect(await manifest.json()).toMatchObject({ display: 'standalone' });
});
