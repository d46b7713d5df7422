import { Injectable } from '@nestjs/common';
import { sentIn, textOf } from '../core/sent';
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
    const sent = sentIn(form);
    const username = textOf(sent, 'username');
    const bearer = await this.login.byPassword('tat', username, textOf(sent, 'password'));
    return { user: { username }, token: this.login.ticket(bearer) };
  }
}
