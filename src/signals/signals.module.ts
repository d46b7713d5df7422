import { Module } from '@nestjs/common';
import { ImagingModule } from '../infra/imaging/imaging.module';
import { MediaModule } from '../infra/media/media.module';
import { Admission } from './defence/admission.service';
import { CanaryWatch } from './defence/canary.service';
import { NegativeIndex } from './defence/negative-index.service';
import { DefenceController, QuarantineController } from './defence/review/defence.controller';
import { NegativeUpload } from './defence/review/negative-upload.service';
import { HeldBackController } from './defence/review/held-back.controller';
import { HeldBack } from './defence/review/held-back.service';
import { Negatives } from './defence/review/negatives.service';
import { Quarantine } from './defence/review/quarantine.service';
import { Rollback } from './defence/review/rollback.service';
import { Trusts } from './defence/review/trusts.service';
import { BatchMatching } from './matching/batch-matching.service';
import { Directory } from './matching/directory.service';
import { BatchSearch } from './matching/batch-search.service';
import { FileMatching } from './matching/file-matching.service';
import { MatchController } from './matching/match.controller';
import { MatchFramesController } from './matching/match-frames.controller';
import { MatchAccount } from './matching/match-account.service';
import { MatchLog } from './matching/match-log.service';
import { MatchRetention } from './matching/match-retention.service';
import { Matching } from './matching/matching.service';
import { QueryBudget } from './matching/query-budget.service';
import { SignalIndex } from './matching/signal-index.service';
import { SignalReaders } from './matching/signal-readers.service';
import { DryRun } from './policy/dry-run.service';
import { Feedback } from './policy/feedback.service';
import { Policies } from './policy/policies.service';
import { FeedbackController, PolicyController } from './policy/policy.controller';
import { ContributionController } from './store/contribution.controller';
import { Contributions } from './store/contributions.service';
import { Disputes } from './store/disputes.service';
import { SignalListController } from './store/list.controller';
import { ListMembers } from './store/list-members.service';
import { SignalLists } from './store/lists.service';
import { OpinionController } from './store/opinion.controller';
import { ManyDisputes } from './store/many-disputes.service';
import { Opinions } from './store/opinions.service';
import { SignalReading } from './store/reading.service';
import { Retraction } from './store/retraction.service';
import { SignalUpkeep } from './store/upkeep.service';
import { SignalVocabularyController } from './store/vocabulary.controller';
import { Withdrawals } from './store/withdrawals.service';

@Module({
  imports: [ImagingModule, MediaModule],
  controllers: [
    MatchController,
    MatchFramesController,
    DefenceController,
    QuarantineController,
    HeldBackController,
    PolicyController,
    FeedbackController,
    ContributionController,
    OpinionController,
    SignalListController,
    SignalVocabularyController,
  ],
  providers: [
    Admission,
    CanaryWatch,
    NegativeIndex,
    Negatives,
    NegativeUpload,
    Quarantine,
    Rollback,
    HeldBack,
    Trusts,
    Policies,
    DryRun,
    Feedback,
    Directory,
    SignalIndex,
    SignalReaders,
    QueryBudget,
    MatchLog,
    MatchAccount,
    MatchRetention,
    Matching,
    BatchSearch,
    BatchMatching,
    FileMatching,
    Contributions,
    Retraction,
    Withdrawals,
    SignalReading,
    Opinions,
    Disputes,
    ManyDisputes,
    SignalLists,
    ListMembers,
    SignalUpkeep,
  ],
  exports: [Feedback, Matching, Contributions, Retraction, Opinions, SignalIndex, Directory],
})
export class SignalsModule {}
