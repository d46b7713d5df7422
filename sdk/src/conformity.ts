import type { OpenedSession, Organisation, Session } from './account-api';
import type { Acknowledged, Receipt } from './api';
import type { BulkLine, BulkReport } from './bulk';
import type { CaseFile, CaseItem, CustodyEntry, Exhibit, Refused } from './case-api';
import type { FeedPage } from './ledger-api';
import type { Notice } from './notice-api';
import type { components } from './openapi';
import type { ReceivedOrder } from './received-orders';
import type { BatchMatches, DryRun, FeedbackGiven, FileMatches, Matches, Policy } from './match-api';
import type {
  ContributedBatch,
  ContributedExhibit,
  DisputeWithSignal,
  Opinion,
  Retracted,
  Signal,
  SignalList,
} from './signal-api';

/** Compiles only while what the SDK says of an answer is what the server's own description says of it. */
type Served = components['schemas'];
type Fits<Given extends Said, Said> = Given;

export type Conformity = [
  Fits<Served['SessionView'], Session>,
  Fits<Served['NewSessionView'], OpenedSession>,
  Fits<Served['OrganisationView'], Organisation>,
  Fits<Served['SubmittedItemView'], CaseItem>,
  Fits<Served['RefusedView'], Refused>,
  Fits<Served['CaseView'], CaseFile>,
  Fits<Served['ExhibitView'], Exhibit>,
  Fits<Omit<Served['CustodyEntryView'], 'receipt'>, Omit<CustodyEntry, 'receipt'>>,
  Fits<Served['ItemView'], CaseItem>,
  Fits<Served['SignalView'], Signal>,
  Fits<Served['MatchAnswer'], Matches>,
  Fits<Served['BatchMatchAnswer'], BatchMatches>,
  Fits<Omit<Served['FileMatchAnswer'], 'image'>, Omit<FileMatches, 'image'>>,
  Fits<Served['BatchAnswer'], ContributedBatch>,
  Fits<Served['ContributedView'], ContributedExhibit>,
  Fits<Served['RetractedView'], Retracted>,
  Fits<Served['OpinionView'], Opinion>,
  Fits<Served['DisputeWithSignal'], DisputeWithSignal>,
  Fits<Served['SignalListView'], SignalList>,
  Fits<Served['PolicyView'], Policy>,
  Fits<Served['DryRunAnswer'], DryRun>,
  Fits<Served['FeedbackAnswer'], FeedbackGiven>,
  Fits<Served['BulkView'], BulkReport>,
  Fits<Served['BulkLineView'], BulkLine>,
  Fits<Served['NoticeView'], Notice>,
  Fits<Served['ReceivedOrderView'], ReceivedOrder>,
  Fits<Served['FeedPageView'], FeedPage>,
  Fits<Served['ReceiptView'], Receipt & Acknowledged>,
];
