import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { DomainError } from '../../domain/errors';
import { vocabularyOf } from '../../domain/label-definitions';
import { VOCABULARY_VERSION } from '../../domain/labels';
import { Public } from '../../infra/http/allow';

class VocabularyQuery {
  /** The current one unless told otherwise. */
  @IsOptional()
  @IsString()
  @MaxLength(20)
  version?: string;
}

export class CrosswalkView {
  /** Taxonomy of GIFCT’s Hash-Sharing Database. */
  gifct?: string;
  /** Tier of the Terrorist Content Analytics Platform. */
  tcap?: string;
  /** Place in Regulation (EU) 2021/784. */
  eu?: string;
}

export class LabelDefinition {
  label!: string;
  means!: string;
  crosswalk!: CrosswalkView;
}

export class VocabularyFacet {
  facet!: string;
  labels!: LabelDefinition[];
}

export class IncidentShape {
  /** A regular expression. */
  shape!: string;
  means!: string;
}

export class SignalVocabularyView {
  version!: string;
  facets!: VocabularyFacet[];
  incident!: IncidentShape;
}

@ApiTags('signals')
@Controller('v1/signal-vocabulary')
export class SignalVocabularyController {
  /** The words that hashes are labelled with, what they mean, and what others call it. */
  @Get()
  @Public('definitions of words, for whoever reads or maps them')
  get(@Query() { version = VOCABULARY_VERSION }: VocabularyQuery): SignalVocabularyView {
    const found = vocabularyOf(version);
    if (!found) throw new DomainError('request.not-found');
    const facets = Object.entries(found.facets).map(([facet, labels]) => ({ facet, labels: [...labels] }));
    return { version: found.version, facets, incident: found.incident };
  }
}
