import { randomBytes } from 'node:crypto';
import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config';
import { readOrCreateSecret } from '../secrets';
import { MailOut, MX_LOOKUP, systemMx } from './mail-out';
import { ReturnPaths } from './return-path';

const SECRET_BYTES = 32;
/** Where no relay is configured nothing leaves, and no address of ours is anybody's. */
const NOWHERE = 'mail.invalid';

/** `CONFIG` comes from a global module. */
@Module({
  providers: [
    { provide: MX_LOOKUP, useValue: systemMx },
    {
      provide: ReturnPaths,
      inject: [CONFIG],
      useFactory: ({ secretsDirectory, mail }: Config): ReturnPaths => {
        const secret = mail
          ? readOrCreateSecret(secretsDirectory, 'return-path.key', () => randomBytes(SECRET_BYTES))
          : randomBytes(SECRET_BYTES);
        return new ReturnPaths(secret, mail?.bounceDomain ?? NOWHERE);
      },
    },
    MailOut,
  ],
  exports: [MailOut, ReturnPaths],
})
export class MailModule {}
