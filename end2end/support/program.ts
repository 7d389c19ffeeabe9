// A program that a journey starts and ends by itself.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const STARTED_WITHIN = 15_000;
/** The server promises to end within ten seconds of SIGTERM. */
const ENDED_WITHIN = 12_000;

export class Program {
  /** Everything it wrote, to both outputs. */
  log = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  constructor(
    private readonly file: string,
    args: string[],
    env: Record<string, string> = {},
  ) {
    this.child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = Promise.race([once(this.child, 'close'), once(this.child, 'error')]);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    }
  }

  /** Waits until its output matches, and returns what the pattern's first group caught. */
  async says(pattern: RegExp): Promise<string> {
    const until = Date.now() + STARTED_WITHIN;
    let over = false;
    void this.ended.then(() => (over = true));
    for (;;) {
      const found = pattern.exec(this.log)?.[1];
      if (found) return found;
      if (over || Date.now() > until) throw new Error(`${this.file} has not said ${pattern}:\n${this.log}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Makes it hang: it is there, and does nothing. */
  hang(): void {
    this.child.kill('SIGSTOP');
  }

  goOn(): void {
    this.child.kill('SIGCONT');
  }

  /** Asks it to end, and fails when it had to be forced. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    let forced = false;
    const force = setTimeout(() => (forced = this.child.kill('SIGKILL')), ENDED_WITHIN);
    await this.ended;
    clearTimeout(force);
    if (forced) throw new Error(`${this.file} did not end on SIGTERM:\n${this.log}`);
  }
}

/** Runs a command to its end and returns what it printed. */
export async function run(file: string, args: string[], env: Record<string, string>, input = ''): Promise<string> {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, complaints] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  // A command may end without having read its input; its exit code says whether that is wrong.
  child.stdin.on('error', () => {}).end(input);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}:\n${complaints}`);
  return out.trim();
}
