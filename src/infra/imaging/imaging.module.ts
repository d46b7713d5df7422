import { Module } from '@nestjs/common';
import { ImagePool } from './image-pool';

/** Image hashing in child processes; they start with the first image and end with the module. */
@Module({
  providers: [{ provide: ImagePool, useFactory: () => new ImagePool() }],
  exports: [ImagePool],
})
export class ImagingModule {}
