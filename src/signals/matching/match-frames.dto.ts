import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { LongList } from '../../infra/http/long-list';
import { VideoFrameDto } from '../signal.dto';

/** An hour of one frame a second. */
const MOST_FRAMES = 3_600;

export class MatchFramesDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_FRAMES)
  @LongList(VideoFrameDto)
  frames!: VideoFrameDto[];
}
