// The simulated Meta, with the example world that it starts with.

import { call } from './http.js';
import { Program } from './program.js';

/** The names and ids in the simulator's example world. */
export const EXAMPLE = {
  app: '100000000000001',
  appSecret: '0123456789abcdef0123456789abcdef',
  waba: '200000000000001',
  number: '+420 800 555 010',
  numberId: '300000000000001',
  token: 'EAAGexampletoken',
};

/** Troubles for the next thing that happens, one each; `crates/simulator/src/faults.rs` has them all. */
export type Fault =
  | { target: 'send'; kind: 'delay'; ms: number }
  | { target: 'send'; kind: 'status5xx'; code: number; body: string }
  | { target: 'send'; kind: 'error_code'; code: number; http: number }
  | { target: 'send'; kind: 'accept_then_page'; code: number; body: string }
  | { target: 'webhook'; kind: 'delay'; ms: number }
  | ({ target: 'media_upload' | 'media_info' | 'media_download' } & MediaFault)
  | { target: 'link_fetch'; http: number };

export type MediaFault =
  | { kind: 'error_code'; code: number; http: number }
  | { kind: 'status'; http: number }
  | { kind: 'redirect'; to: string }
  | { kind: 'wrong_bytes' }
  | { kind: 'wrong_size' }
  | { kind: 'cut' }
  | { kind: 'slow'; ms: number };

export interface Customer {
  id: number;
  name: string;
  wa_id?: string;
}

/** A file that a customer sends. */
export interface CustomerFile {
  kind: 'audio' | 'document' | 'image' | 'sticker' | 'video';
  mimeType: string;
  bytes: Uint8Array<ArrayBuffer>;
  caption?: string;
  filename?: string;
  voice?: boolean;
}

/** A file of a message that Meta has accepted, with its id or its link. */
export interface SentFile {
  kind: CustomerFile['kind'];
  id?: string;
  link?: string;
  mime_type: string;
  size: number;
  /** In hex. */
  sha256: string;
}

export interface Template {
  name: string;
  language: { code: string };
  components: unknown[];
}

/** A message that Meta has accepted. */
export interface Sent {
  wamid: string;
  body: {
    type: string;
    text?: { body: string; preview_url?: boolean };
    location?: { latitude: string; longitude: string; name?: string };
    contacts?: unknown[];
    interactive?: { type: string; action: unknown };
    image?: { caption?: string };
    document?: { caption?: string };
    template?: Template;
  };
  file?: SentFile;
}

export class Simulator {
  private constructor(
    private readonly program: Program,
    /** The customer's phone, and the Graph API below it. */
    readonly url: string,
  ) {}

  static async start(binary: string): Promise<Simulator> {
    const program = new Program(binary, ['--listen', '127.0.0.1:0']);
    const url = await program.says(/Phone and Graph API\s+(\S+)/);
    await program.says(/Access token\s+(\S+)/);
    return new Simulator(program, url);
  }

  /** Sets the callback, as a person does in Meta's app settings; Meta then makes its handshake. */
  async subscribe(callbackUrl: string, verifyToken: string): Promise<void> {
    await this.post('subscribe', { app_id: EXAMPLE.app, callback_url: callbackUrl, verify_token: verifyToken });
  }

  async addCustomer(name: string, waId: string): Promise<Customer> {
    const { id } = await this.post<{ id: number }>('customers', { name, wa_id: waId });
    return { id, name, wa_id: waId };
  }

  /** One more number of the example's app and account. */
  async addNumber(phoneNumberId: string, display: string): Promise<void> {
    await this.post('numbers', {
      phone_number_id: phoneNumberId,
      waba_id: EXAMPLE.waba,
      display_phone_number: display,
      verified_name: 'Prodej',
      app_id: EXAMPLE.app,
    });
  }

  async says(customer: Customer, text: string): Promise<void> {
    await this.post('say', { customer: customer.id, phone_number_id: EXAMPLE.numberId, text });
  }

  /** The customer taps a button, or chooses a row, of the business' message. */
  async chooses(customer: Customer, wamid: string, id: string): Promise<void> {
    await this.post('choose', { customer: customer.id, wamid, id });
  }

  async sendsFile(customer: Customer, file: CustomerFile): Promise<void> {
    const { kind, mimeType, bytes, caption, filename, voice = false } = file;
    const query = new URLSearchParams({
      customer: String(customer.id),
      phone_number_id: EXAMPLE.numberId,
      kind,
      voice: String(voice),
    });
    if (caption !== undefined) query.set('caption', caption);
    if (filename !== undefined) query.set('filename', filename);
    const answer = await fetch(`${this.url}simulator/api/files?${query}`, {
      method: 'PUT',
      headers: { 'content-type': mimeType },
      body: bytes,
    });
    if (!answer.ok) throw new Error(`the simulator refused the file: ${await answer.text()}`);
  }

  /** Something happens to a template of the example's account, such as `{ event: 'status', status: 'PAUSED' }`. */
  async templateEvent(name: string, language: string, event: Record<string, unknown>): Promise<void> {
    await this.post('templates', { waba_id: EXAMPLE.waba, name, language, ...event });
  }

  /** The templates that Meta has accepted for sending, in their order. */
  async acceptedTemplates(): Promise<Template[]> {
    const sent = await this.sent();
    return sent.flatMap((message) => message.body.template ?? []);
  }

  async reads(customer: Customer): Promise<void> {
    await this.post('read', { customer: customer.id, phone_number_id: EXAMPLE.numberId });
  }

  async fault(fault: Fault): Promise<void> {
    await this.post('faults', fault);
  }

  /** The texts that Meta has accepted for sending, in their order. */
  async accepted(): Promise<string[]> {
    const sent = await this.sent();
    return sent.map((message) => message.body.text?.body ?? '');
  }

  /** The files that Meta has accepted and has, in their order. */
  async acceptedFiles(): Promise<SentFile[]> {
    const sent = await this.sent();
    return sent.flatMap((message) => message.file ?? []);
  }

  get log(): string {
    return this.program.log;
  }

  stop(): Promise<void> {
    return this.program.stop();
  }

  sent(): Promise<Sent[]> {
    return call<Sent[]>('GET', `${this.url}simulator/api/sent`);
  }

  private post<T>(path: string, body: unknown): Promise<T> {
    return call<T>('POST', `${this.url}simulator/api/${path}`, body);
  }
}
