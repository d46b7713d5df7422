import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config';
import { ImagePool } from './image-pool';

/** Image hashing in child processes; they start with the first image and end with the module. */
@Module({
  providers: [
    {
      provide: ImagePool,
      useFactory: (config?: Config) => new ImagePool(config ? { size: config.imageWorkers } : {}),
      inject: [{ token: CONFIG, optional: true }],
    },
  ],
  exports: [ImagePool],
})
export class ImagingModule {}
