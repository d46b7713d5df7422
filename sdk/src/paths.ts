import type * as Api from './api';

/**
 * The routes as openapi-typescript would write them, so that openapi-fetch checks every address, parameter and body.
 * What an answer holds is said by the methods that ask for it.
 */
type Json<T> = { content: { 'application/json': T } };
type Answer = { responses: { 200: Json<unknown> } };
type Id = { id: string };
type Get<Query = undefined> = { get: { parameters: { query?: Query } } & Answer };
type GetOne = { get: { parameters: { path: Id } } & Answer };
type Post<Body> = { post: { requestBody: Json<Body> } & Answer };
type PostTo<Body> = { post: { parameters: { path: Id }; requestBody: Json<Body> } & Answer };
type Verb = { post: { parameters: { path: Id } } & Answer };
type Listing = { limit?: number; cursor?: string };
type Version = { version?: number };
type Reason = { reason: string };

export interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly organisationId?: string;
}

export interface paths {
  '/v1/session': Post<SignIn> & Get;
  '/v1/session/organisation': Post<{ organisationId: string }>;
  '/v1/organisations': Get<Listing & { kind?: string; q?: string }>;
  '/v1/organisations/{id}': GetOne;
  '/v1/platforms': Get<Listing & { host?: string }>;
  '/v1/cases': Post<Api.NewCase> & Get<Listing>;
  '/v1/cases/{id}': GetOne;
  '/v1/cases/{id}/items': PostTo<Api.NewItems>;
  '/v1/cases/{id}/close': Verb;
  '/v1/items/{id}/release': PostTo<Reason>;
  '/v1/exhibits/{id}': GetOne;
  '/v1/exhibits/{id}/custody': GetOne;
  '/v1/signals': Post<Api.NewSignal>;
  '/v1/signals/{id}': GetOne;
  '/v1/signals/{id}/withdraw': PostTo<Reason>;
  '/v1/signals/match': Get<{ type: string; value: string; radius?: number }>;
  '/v1/notices': Post<Api.NewNotice> & Get<Listing & { box?: Api.Box; state?: string }>;
  '/v1/notices/{id}': GetOne;
  '/v1/notices/{id}/send': PostTo<Version>;
  '/v1/notices/{id}/acknowledge': PostTo<Version>;
  '/v1/notices/{id}/answer': PostTo<Version & { answers: readonly Api.ItemAnswer[] }>;
  '/v1/notices/{id}/withdraw': PostTo<Version & Reason>;
  '/v1/notices/{id}/close': PostTo<Version>;
  '/v1/webhooks': Post<{ url: string }> & Get;
  '/v1/webhooks/{id}/rotate': Verb;
  '/v1/webhooks/{id}/disable': Verb;
  '/v1/webhooks/{id}/test': Verb;
  '/v1/api-keys': Post<{ name: string; permissions: readonly string[]; expiresAt: string }> & Get;
  '/v1/api-keys/{id}/revoke': Verb;
  '/v1/transparency/summary': Get<{ from?: string; to?: string }>;
  '/v1/feed': Get<{ after?: number; limit?: number }>;
}
