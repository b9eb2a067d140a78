import type { Store } from './board.ts'

const readEveryMs = 15_000
/** A stream that is cut comes back by itself within a second or two. */
const patienceMs = 3_000
const againMs = 2_000

export interface OthersPorts {
  /** Addresses of all controllers, this one among them; empty: not known. */
  read(): Promise<string[]>
  /** Whether somebody answers there. */
  lives(url: string): Promise<boolean>
  here: string
  go(url: string): void
}

/** When this controller is gone, the board goes on at another one with the same store, as long as it knew of one. */
export function followOthers(store: Store, { read, lives, here, go }: OthersPorts): void {
  let known: string[] = []
  let waiting: ReturnType<typeof setTimeout> | undefined
  let gone = false

  async function learn(): Promise<void> {
    const { session, link } = store.get()
    if (session !== 'in' || link !== 'live') return
    const found = await read()
    if (found.length > 0) known = found.filter((url) => url !== here)
  }

  async function look(): Promise<void> {
    for (const url of known) {
      if (store.get().link !== 'lost' || gone) return
      if (!(await lives(url))) continue
      gone = true
      return go(url)
    }
    waiting = setTimeout(look, againMs)
  }

  setInterval(learn, readEveryMs)
  let before = store.get().link
  store.subscribe(() => {
    const { link } = store.get()
    if (link === before) return
    before = link
    clearTimeout(waiting)
    if (link === 'lost') waiting = setTimeout(look, patienceMs)
    if (link === 'live') void learn()
  })
}
