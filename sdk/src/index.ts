export type * from './api';
export type { Attachment } from './casework';
export { Clepsydra, type ClepsydraOptions } from './clepsydra';
export { verifyEd25519 } from './ed25519';
export { NetworkError, ProblemError, VerificationError } from './errors';
export { ReceiptStore, homeFolder, type KeptReceipt } from './receipt-store';
export { verifyReceipts, type ReceiptFault, type ReceiptReport } from './verify-receipts';
export { Witness, type LedgerSource } from './witness';
export { verifyReceipt } from '../../src/domain/receipt';
