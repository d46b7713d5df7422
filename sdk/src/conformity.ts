import type * as Api from './api';
import type { components } from './openapi';
import type * as Signals from './signal-api';

/** Compiles only while what the SDK says of an answer is what the server's own description says of it. */
type Served = components['schemas'];
type Fits<Given extends Said, Said> = Given;

export type Conformity = [
  Fits<Served['SessionView'], Api.Session>,
  Fits<Served['NewSessionView'], Api.OpenedSession>,
  Fits<Served['OrganisationView'], Api.Organisation>,
  Fits<Served['SubmittedItemView'], Api.CaseItem>,
  Fits<Served['RefusedView'], Api.Refused>,
  Fits<Served['CaseView'], Api.CaseFile>,
  Fits<Served['ExhibitView'], Api.Exhibit>,
  Fits<Omit<Served['CustodyEntryView'], 'receipt'>, Omit<Api.CustodyEntry, 'receipt'>>,
  Fits<Served['ItemView'], Api.CaseItem>,
  Fits<Served['SignalView'], Signals.Signal>,
  Fits<Served['MatchAnswer'], Signals.Matches>,
  Fits<Served['BatchMatchAnswer'], Signals.BatchMatches>,
  Fits<Omit<Served['FileMatchAnswer'], 'image'>, Omit<Signals.FileMatches, 'image'>>,
  Fits<Served['BatchAnswer'], Signals.ContributedBatch>,
  Fits<Served['ContributedView'], Signals.ContributedExhibit>,
  Fits<Served['RetractedView'], Signals.Retracted>,
  Fits<Served['OpinionView'], Signals.Opinion>,
  Fits<Served['DisputeWithSignal'], Signals.DisputeWithSignal>,
  Fits<Served['SignalListView'], Signals.SignalList>,
  Fits<Served['PolicyView'], Signals.Policy>,
  Fits<Served['DryRunAnswer'], Signals.DryRun>,
  Fits<Served['FeedbackAnswer'], Signals.FeedbackGiven>,
  Fits<Served['NoticeView'], Api.Notice>,
  Fits<Served['FeedPageView'], Api.FeedPage>,
  Fits<Served['ReceiptView'], Api.Receipt>,
];
