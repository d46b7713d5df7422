import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config';
import { ImagePool } from '../imaging/image-pool';
import { ImagingModule } from '../imaging/imaging.module';
import { MediaHashing } from './media-hashing';

/** Hashing of images, videos and PDFs in child processes, each started when it is needed. */
@Module({
  imports: [ImagingModule],
  providers: [
    {
      provide: MediaHashing,
      inject: [ImagePool, CONFIG],
      useFactory: (images: ImagePool, config: Config) =>
        new MediaHashing(images, {
          ffmpegPath: config.ffmpegPath,
          scratchFolder: join(config.dataDirectory, 'scratch'),
        }),
    },
  ],
  exports: [MediaHashing],
})
export class MediaModule {}
