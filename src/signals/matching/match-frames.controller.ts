import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../infra/database/actor';
import { Allow, CurrentActor, HotPath } from '../../infra/http/allow';
import { OwnTurns } from '../../infra/own-turns';
import { MatchAnswer } from './match.dto';
import { MatchFramesDto } from './match-frames.dto';
import { Matching } from './matching.service';

/** Films of one organisation that are searched at once, and those that wait with them. */
const MOST_OF_ONE = 2;
const MOST_ASKING = 36;

@ApiTags('signals')
@Controller('v1/signals/match/frames')
export class MatchFramesController {
  private readonly turns = new OwnTurns(MOST_OF_ONE, MOST_ASKING);

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
    const film = { frames: frames.map(({ hash, quality, atMs = 0 }, frame) => ({ hash, quality, atMs, frame })) };
    return this.turns.run(actor.organisationId, () => this.matching.byFile(actor, film));
  }
}
