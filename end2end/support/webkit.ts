// WebKit as Debian packages it, driven over plain WebDriver on a screen of its own. Its MiniBrowser serves one
// WebDriver session, so each tab is a browser with a driver.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { call } from './http.js';
import { Program } from './program.js';
import type { Key, OtherBrowser, Tab } from './tab.js';
import { test as base, expect } from './test.js';

/** WebDriver's code points for keys that are no letters. */
const CODE_POINTS: Record<Key, string> = { Enter: '\uE007', Escape: '\uE00C', Control: '\uE009' };

class WebKit implements OtherBrowser {
  private readonly tabs: WebKitTab[] = [];

  private constructor(
    private readonly screen: Program,
    private readonly display: string,
  ) {}

  static async start(): Promise<WebKit> {
    const screen = new Program('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp']);
    return new WebKit(screen, `:${await screen.says(/^(\d+)$/m)}`);
  }

  async newTab(): Promise<Tab> {
    const tab = new WebKitTab(await freePort(), this.display);
    this.tabs.push(tab);
    await tab.begin();
    return tab;
  }

  async complaints(): Promise<string[]> {
    return (await Promise.all(this.tabs.map((tab) => tab.complaints()))).flat();
  }

  /** A browser that is still there loses its screen, and ends. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.tabs.map((tab) => tab.stop()));
    await this.screen.stop();
  }
}

class WebKitTab implements Tab {
  private readonly driver: Program;
  private session: string;

  constructor(port: number, display: string) {
    this.session = `http://127.0.0.1:${port}/session`;
    this.driver = new Program(process.env.WEBKIT_DRIVER ?? '/usr/bin/WebKitWebDriver', [`--port=${port}`], {
      DISPLAY: display,
      LC_ALL: 'en_US.UTF-8',
      // Without a graphics card.
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    });
  }

  async begin(): Promise<void> {
    // It does not say when it listens.
    const status = async () => (await fetch(new URL('/status', this.session)).catch(() => undefined))?.ok;
    await expect.poll(status, { message: 'WebKitWebDriver listens', timeout: 15_000 }).toBe(true);
    // `eager`: until the document is there. What is asked earlier may be asked of a process that is being replaced.
    const capabilities = { alwaysMatch: { pageLoadStrategy: 'eager' } };
    const { value } = await call<{ value: { sessionId: string } }>('POST', this.session, { capabilities });
    this.session += `/${value.sessionId}`;
    await this.command('window/rect', { x: 0, y: 0, width: 1280, height: 900 });
  }

  async open(url: string): Promise<void> {
    await this.command('url', { url });
  }

  async run<A extends unknown[], T>(what: (...args: A) => T, ...args: A): Promise<T> {
    return this.command<T>('execute/sync', { script: `(${listen})(); return (${what}).apply(null, arguments)`, args });
  }

  async click(selector: string, place: number): Promise<void> {
    const found = await this.command<Record<string, string>[]>('elements', { using: 'css selector', value: selector });
    await this.command(`element/${Object.values(found[place] ?? {})[0]}/click`, {});
  }

  async type(text: string): Promise<void> {
    await this.keys([...text].flatMap((value) => [down(value), up(value)]));
  }

  async press(...keys: string[]): Promise<void> {
    const values = keys.map((key) => CODE_POINTS[key as Key] ?? key);
    await this.keys([...values.map(down), ...values.reverse().map(up)]);
  }

  complaints(): Promise<string[]> {
    return this.run(() => JSON.parse(sessionStorage.getItem('complaints') ?? '[]') as string[]);
  }

  async stop(): Promise<void> {
    try {
      await fetch(this.session, { method: 'DELETE', signal: AbortSignal.timeout(5000) });
    } finally {
      await this.driver.stop();
    }
  }

  private keys(actions: unknown[]): Promise<void> {
    return this.command('actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  private async command<T>(name: string, body: unknown): Promise<T> {
    return (await call<{ value: T }>('POST', `${this.session}/${name}`, body)).value;
  }
}

const down = (value: string) => ({ type: 'keyDown', value });
const up = (value: string) => ({ type: 'keyUp', value });

/**
 * Runs in the page, once in each document: WebDriver does not tell what a page complains about. The complaints stay when
 * the tab goes on to another document.
 */
function listen(): void {
  const page = window as unknown as { listens?: boolean };
  if (page.listens) return;
  page.listens = true;
  const complain = (what: string): void => {
    const before = JSON.parse(sessionStorage.getItem('complaints') ?? '[]') as string[];
    sessionStorage.setItem('complaints', JSON.stringify([...before, what]));
  };
  addEventListener('error', (event) => complain(event.message));
  addEventListener('unhandledrejection', (event) => complain(String(event.reason)));
  const { error } = console;
  console.error = (...what: unknown[]) => {
    complain(what.join(' '));
    error(...what);
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Ends even if the journey runs out of time. */
export const test = base.extend<{ webkit: OtherBrowser }>({
  webkit: async ({}, use) => {
    const webkit = await WebKit.start();
    try {
      await use(webkit);
    } finally {
      await webkit.stop();
    }
  },
});
