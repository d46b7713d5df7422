import type { FollowedProtocol, SourceAdapter } from './source';

export const SOURCE_ADAPTERS = Symbol('SOURCE_ADAPTERS');

/** Who speaks each protocol. */
export type SourceAdapters = Readonly<Record<FollowedProtocol, SourceAdapter>>;
