import { Module } from '@nestjs/common';
import { RegistryController } from './registry.controller';
import { Registry } from './registry.service';

@Module({ controllers: [RegistryController], providers: [Registry] })
export class RegistryModule {}
