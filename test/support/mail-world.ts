import { startWorld, type World } from './app';
import { mailSettings, MailSink, playExchangerOf } from './mail';

export interface MailWorld {
  readonly world: World;
  readonly sink: MailSink;
  readonly close: () => Promise<void>;
}

/** A world that sends mail to a server of its own, which is the exchanger of `own.example`. */
export async function startMailWorld(): Promise<MailWorld> {
  const sink = await new MailSink().listen();
  const world = await startWorld({ config: { mail: mailSettings(sink.port) } });
  playExchangerOf(world, 'own.example');
  const close = async (): Promise<void> => {
    await world.close();
    await sink.close();
  };
  return { world, sink, close };
}
