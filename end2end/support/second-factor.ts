// An authenticator app: <https://www.rfc-editor.org/rfc/rfc6238>

import type { Page } from '@playwright/test';
import { createHmac } from 'node:crypto';

const STEP = 30_000;

function base32(text: string): Buffer {
  const bits = [...text.replace(/[^A-Z2-7]/g, '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

export class App {
  constructor(readonly secret: string) {}

  /** The code of now, or of some steps later. */
  code(later = 0): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP) + later));
    const hash = createHmac('sha1', base32(this.secret)).update(counter).digest();
    const at = (hash.at(-1) ?? 0) & 0xf;
    return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  }
}

/** Turns the second factor of whoever is logged in on. The next code is the next step's. */
export async function turnOn(page: Page): Promise<App> {
  await page.request.post('/rpc/account/begin-second-factor');
  const answer = await page.request.post('/rpc/account/second-factor');
  const app = new App((await answer.json()).factor.setup.secret);
  await page.request.post('/rpc/account/turn-on-second-factor', { form: { code: app.code() } });
  return app;
}
