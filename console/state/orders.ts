import { type Answer, ask, http, type Plan, type RunDetail, writeKey } from '../api/client.ts'
import type { Store } from './board.ts'
import type { Feed } from './feed.ts'

/** What the reader can do. */
export interface Orders {
  /** Exchanges a token for the cookie of a session. */
  signIn(token: string): Promise<Answer<unknown>>
  signOut(): Promise<void>
  automation(scope: string, off: boolean, reason: string): Promise<Answer<unknown>>
  plan(component: string, action: string, member: string | undefined): Promise<Answer<Plan>>
  act(component: string, action: string, member: string | undefined): Promise<Answer<RunDetail>>
  resolve(incident: string, reason: string): Promise<Answer<unknown>>
  approve(run: string): Promise<Answer<unknown>>
  decline(run: string, reason: string): Promise<Answer<unknown>>
}

const keyed = () => ({ 'Idempotency-Key': writeKey() })

export function openOrders(store: Store, feed: Feed): Orders {
  return {
    async signIn(token) {
      const answer = await ask(http.POST('/v1/session', { body: { token } }))
      if (answer.ok) {
        store.set({ session: 'in', sessionNote: null })
        feed.start()
      }
      return answer
    },
    async signOut() {
      feed.stop()
      await ask(http.DELETE('/v1/session'))
      store.set({
        session: 'out',
        sessionNote: null,
        components: null,
        open: [],
        details: new Map(),
        runs: [],
        ended: [],
        switches: [],
        windows: [],
      })
    },
    async automation(scope, off, reason) {
      const answer = await ask(http.PUT('/v1/automation/{scope}', { params: { path: { scope } }, body: { off, reason }, headers: keyed() }))
      feed.refresh('switches', 'components')
      return answer
    },
    async plan(id, action, member) {
      const answer = await ask(
        http.POST('/v1/components/{id}/actions/{action}', { params: { path: { id, action } }, body: { member, dryRun: true } }),
      )
      return answer as Answer<Plan>
    },
    async act(id, action, member) {
      const answer = await ask(
        http.POST('/v1/components/{id}/actions/{action}', { params: { path: { id, action } }, body: { member }, headers: keyed() }),
      )
      if (answer.ok) feed.refresh('runs', 'open', `run:${(answer.data as RunDetail).id}`)
      return answer as Answer<RunDetail>
    },
    async approve(id) {
      const answer = await ask(http.POST('/v1/runs/{id}/approve', { params: { path: { id } }, headers: keyed() }))
      feed.refresh('runs', 'open', `run:${id}`)
      return answer
    },
    async decline(id, reason) {
      const answer = await ask(http.POST('/v1/runs/{id}/decline', { params: { path: { id } }, body: { reason }, headers: keyed() }))
      feed.refresh('runs', 'open', `run:${id}`)
      return answer
    },
    async resolve(id, reason) {
      const answer = await ask(http.POST('/v1/incidents/{id}/resolve', { params: { path: { id } }, body: { reason }, headers: keyed() }))
      feed.refresh('open', 'recent', `incident:${id}`)
      return answer
    },
  }
}
