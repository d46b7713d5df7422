export type * from './account-api';
export type * from './api';
export type { Attachment } from './attachment';
export type { BulkLine, BulkReport, CaseOfList } from './bulk';
export type * from './case-api';
export { Clepsydra, type ClepsydraOptions } from './clepsydra';
export { verifyEd25519 } from './ed25519';
export { NetworkError, ProblemError, VerificationError } from './errors';
export type {
  CsvReport,
  ExchangeCredential,
  ExchangeSource,
  NewExchangeCredential,
  NewExchangeSource,
} from './exchange';
export * from './forms';
export type { FileHashes, HashOptions } from './offline/file-hashes';
export { hashBytes, hashFile, hashStream } from './offline/hash-file';
export { LocalCopyError } from './offline/copy-state';
export type { HashQuery } from './offline/hash-query';
export type { OfflineMatch } from './offline/offline-match';
export { OfflineMatcher, type OfflineOptions, type SyncReport } from './offline/offline-matcher';
export type * from './ledger-api';
export type * from './match-api';
export type * from './notice-api';
export { ReceiptStore, homeFolder, type KeptReceipt } from './receipt-store';
export type { Genuine, Handing, ReceivedOrder, RegisteredIssuer } from './received-orders';
export type * from './signal-api';
export { verifyReceipts, type ReceiptFault, type ReceiptReport } from './verify-receipts';
export { Witness, type LedgerSource } from './witness';
export { verifyAcknowledgement } from '../../src/domain/acknowledgement';
export { parseVerifierKey, type VerifierKey } from '../../src/domain/checkpoint';
export { verifyReceipt } from '../../src/domain/receipt';
export { DEFAULT_RULES, type PolicyRule } from '../../src/domain/signal-policy';
