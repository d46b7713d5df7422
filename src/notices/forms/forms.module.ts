import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../../infra/config';
import { KeyProvider } from '../../infra/crypto/key-provider';
import { KeyfileProvider } from '../../infra/crypto/keyfile';
import { EgressModule } from '../../infra/egress/egress.module';
import { AuthorityKeysController } from './authority-keys.controller';
import { AuthorityKeys } from './authority-keys.service';
import { FormDocuments } from './form-documents.service';
import { FormsController } from './forms.controller';
import { SchemasController } from './schemas.controller';

/** Forms as JSON and PDF, and the keys that sign them; see docs/forms.md. */
@Module({
  imports: [EgressModule],
  controllers: [SchemasController, AuthorityKeysController, FormsController],
  providers: [
    {
      provide: KeyProvider,
      inject: [CONFIG],
      useFactory: (config: Config): Promise<KeyProvider> => KeyfileProvider.open(config.secretsDirectory),
    },
    AuthorityKeys,
    FormDocuments,
  ],
  exports: [AuthorityKeys, FormDocuments],
})
export class FormsModule {}
