import { serverNow } from '../api/client.ts'
import { everything, madeStale, type Stale, type Store } from './board.ts'
import { coalesce } from './coalesce.ts'
import { load, type Watched } from './load.ts'
import { followEvents, type Told } from './stream.ts'

/** A request at most so often, however many events come. */
const refetchMs = 150
/** What was not answered is asked again after so long. */
const retryMs = 1_000
/** Everything is read anew so often even when nothing was told: a net below the net. */
const sweepMs = 30_000
const expireMs = 1_000
/** A tab in the background gives its stream back after so long: a browser has six connections to a host, for all tabs together. */
const hiddenMs = 30_000
/** Of a storm of incidents, only so many are followed from their first moment. */
const bornMax = 12

export interface Feed {
  /** Begins to follow; once there is a session. */
  start(): void
  stop(): void
  /** The reader wants the details of an incident. */
  watch(incident: string): void
  refresh(...stale: Stale[]): void
}

/** Keeps the board as the controller tells it. */
export function openFeed(store: Store): Feed {
  const stale = new Set<Stale>()
  const watched: Watched = { byReader: new Set(), born: new Set() }
  let following = false
  let timers: ReturnType<typeof setInterval>[] = []
  let stream: AbortController | null = null
  let hiding: ReturnType<typeof setTimeout> | undefined
  let retrying: ReturnType<typeof setTimeout> | undefined

  const flush = coalesce(async () => {
    const now = new Set(stale)
    stale.clear()
    const { outcome, patch } = await load(store.get(), now, watched, serverNow())
    if (!following) return
    if (outcome === 'unauthorized') return end()
    begin()
    // Without a stream, the answers tell whether anybody is there.
    if (!stream) link(outcome === 'ok')
    if (outcome === 'failed') {
      for (const key of now) stale.add(key)
      retrying = setTimeout(flush.poke, retryMs)
      return
    }
    store.set({ ...patch, session: 'in', sessionNote: null, ...(now.size > 0 && { heardAt: Date.now() }) })
  }, refetchMs)

  function refresh(...keys: Stale[]) {
    for (const key of keys) stale.add(key)
    if (stale.size > 0) flush.poke()
  }

  function told(event: Told) {
    if (event.kind === 'status') return refresh(...changed(event))
    if (event.kind === 'ready') return refresh(...everything)
    const { incident } = event.data
    if (event.kind === 'incident.opened' && typeof incident === 'string' && watched.born.size < bornMax) watched.born.add(incident)
    refresh(...madeStale(event))
  }

  /** A member's status is told with what is known of it; only news makes the component stale. */
  function changed({ data }: Told): Stale[] {
    const component = store.get().components?.find((one) => one.id === data.component)
    const known = component?.members.find((one) => one.id === data.id)
    const same = known && (['status', 'role', 'generation', 'summary', 'since'] as const).every((key) => known[key] === data[key])
    return same ? [] : [`component:${data.component}`]
  }

  function link(live: boolean) {
    if (live) store.set({ link: 'live', lostAt: null, heardAt: Date.now() })
    else if (store.get().link !== 'lost') store.set({ link: 'lost', lostAt: Date.now() })
  }

  function end() {
    stop()
    store.set({ session: 'out', sessionNote: store.get().session === 'in' ? 'sign.ended' : null })
  }

  /** What has ended stays in sight for a while only. */
  function expire() {
    const now = serverNow()
    if ([...store.get().leaving.values()].some((until) => until <= now) || store.get().runs.some((run) => run.endedAt !== null))
      flush.poke()
  }

  /** One small question first: without a session it is refused, and nothing else need be asked. */
  function start() {
    if (following) return
    following = true
    refresh('switches')
  }

  function begin() {
    if (timers.length > 0) return
    timers = [setInterval(() => refresh(...everything), sweepMs), setInterval(expire, expireMs)]
    document.addEventListener('visibilitychange', seen)
    listen()
  }

  function listen() {
    if (stream) return
    stream = new AbortController()
    void followEvents('/v1/events', { told, link, unauthorized: end }, stream.signal)
  }

  function deafen() {
    stream?.abort()
    stream = null
  }

  /** The tab went to the back, or came to the front, or the lid of the laptop was opened. */
  function seen() {
    clearTimeout(hiding)
    if (document.visibilityState === 'hidden') hiding = setTimeout(deafen, hiddenMs)
    else {
      listen()
      refresh(...everything)
    }
  }

  function stop() {
    following = false
    clearTimeout(hiding)
    clearTimeout(retrying)
    deafen()
    flush.stop()
    for (const timer of timers) clearInterval(timer)
    timers = []
    stale.clear()
    document.removeEventListener('visibilitychange', seen)
  }

  return {
    start,
    stop,
    refresh,
    watch(incident) {
      watched.byReader.add(incident)
      refresh(`incident:${incident}`)
    },
  }
}
