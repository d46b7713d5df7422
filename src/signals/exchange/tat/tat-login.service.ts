import { Injectable } from '@nestjs/common';
import { ExchangeLogin } from '../credentials/exchange-login.service';

export interface TatSession {
  readonly user: { readonly username: string };
  readonly token: string;
}

@Injectable()
export class TatLogin {
  constructor(private readonly login: ExchangeLogin) {}

  /** A form (or JSON) with `username` and `password`; `resend` and whatever else comes along means nothing here. */
  async session(form: unknown): Promise<TatSession> {
    const text = (name: string): string => {
      const value: unknown =
        typeof form === 'object' && form !== null && name in form ? (form as Record<string, unknown>)[name] : undefined;
      return typeof value === 'string' ? value : '';
    };
    const username = text('username');
    const bearer = await this.login.byPassword('tat', username, text('password'));
    return { user: { username }, token: this.login.ticket(bearer) };
  }
}
