import type * as Api from './api';
import type { components } from './openapi';

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
  Fits<Served['SignalView'], Api.Signal>,
  Fits<Served['MatchAnswer'], Api.Matches>,
  Fits<Omit<Served['FileMatchAnswer'], 'image'>, Omit<Api.FileMatches, 'image'>>,
  Fits<Served['NoticeView'], Api.Notice>,
  Fits<Served['FeedPageView'], Api.FeedPage>,
  Fits<Served['ReceiptView'], Api.Receipt>,
];
