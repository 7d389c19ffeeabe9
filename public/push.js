// The console's service worker. It shows alerts that come while no page of the console has the user's attention, and does
// nothing else: it answers no requests and keeps no pages. The process encrypts each alert for this browser
// (crates/engine/src/push).

/** The console's pages; those of the handbook run no script. */
async function pages() {
  const all = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return all.filter((page) => !new URL(page.url).pathname.startsWith('/help'));
}

async function show({ title, body, tag, path, lang }) {
  // Such a page tells its user itself.
  if ((await pages()).some((page) => page.focused)) return;
  await self.registration.showNotification(title, {
    body,
    tag,
    lang,
    // The next alert of the session takes its place, and is heard again.
    renotify: true,
    icon: '/apple-touch-icon.png',
    data: { path },
  });
}

async function open(path) {
  const [page] = await pages();
  if (!page) return self.clients.openWindow(path);
  page.postMessage({ open: path });
  return page.focus();
}

async function subscribeAgain({ oldSubscription, newSubscription }) {
  const subscription =
    newSubscription ?? (await self.registration.pushManager.subscribe(oldSubscription.options));
  const { endpoint, keys } = subscription.toJSON();
  await fetch('/rpc/push/subscribe', {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth }),
  });
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('push', (event) => event.waitUntil(show(event.data.json())));
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.path));
});
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(subscribeAgain(event)));
