import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor, HotPath } from '../../infra/http/allow';
import { MatchAnswer } from './match.dto';
import { MatchFramesDto } from './match-frames.dto';
import { Matching } from './matching.service';

@ApiTags('signals')
@Controller('v1/signals/match/frames')
export class MatchFramesController {
  constructor(private readonly matching: Matching) {}

  /**
   * A video by the PDQ hashes of its frames, for whoever hashes videos himself: the film does not leave his service, and the
   * server needs no ffmpeg. A match has at least 80 % of the asked frames within 31 bits of frames of a known video.
   */
  @Post()
  @HttpCode(200)
  @Allow('signal.query')
  @HotPath('asked for each upload of a platform')
  match(@CurrentActor() actor: Actor, @Body() { frames }: MatchFramesDto): Promise<MatchAnswer> {
    return this.matching.byFile(actor, {
      frames: frames.map(({ hash, quality, atMs = 0 }, frame) => ({ hash, quality, atMs, frame })),
    });
  }
}
