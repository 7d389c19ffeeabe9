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
  | { target: 'webhook'; kind: 'delay'; ms: number };

export interface Customer {
  id: number;
  name: string;
  wa_id?: string;
}

interface Sent {
  body: { text?: { body: string } };
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

  async reads(customer: Customer): Promise<void> {
    await this.post('read', { customer: customer.id, phone_number_id: EXAMPLE.numberId });
  }

  async fault(fault: Fault): Promise<void> {
    await this.post('faults', fault);
  }

  /** The texts that Meta has accepted for sending, in their order. */
  async accepted(): Promise<string[]> {
    const sent = await call<Sent[]>('GET', `${this.url}simulator/api/sent`);
    return sent.map((message) => message.body.text?.body ?? '');
  }

  get log(): string {
    return this.program.log;
  }

  stop(): Promise<void> {
    return this.program.stop();
  }

  private post<T>(path: string, body: unknown): Promise<T> {
    return call<T>('POST', `${this.url}simulator/api/${path}`, body);
  }
}
