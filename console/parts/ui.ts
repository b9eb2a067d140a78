import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import { serverNow } from '../api/client.ts'
import type { Board } from '../state/board.ts'
import type { Feed } from '../state/feed.ts'
import type { Orders } from '../state/orders.ts'
import type { Times } from '../words/time.ts'
import type { Locale, Say } from '../words/words.ts'

/** What every part of the page may look at. */
export interface Ui {
  board: Board
  say: Say
  times: Times
  locale: Locale
  feed: Feed
  orders: Orders
  speak(locale: Locale): void
  /** Opens the sheet of a component. */
  show(component: string): void
  /** Asks whether automation is to be switched, for `global` or a component. */
  askSwitch(scope: string): void
}

export const UiContext = createContext<Ui | null>(null)

/** Apart from the rest, so that what tells no time is not drawn anew each second. */
export const ClockContext = createContext(0)

/** The controller's time, each second; it stands still while what is shown is old. */
export const useTime = () => useContext(ClockContext)

export const useUi = (): Ui => useContext(UiContext) as Ui

/** The controller's time, anew every `everyMs`; null stands still. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    if (everyMs === null) return
    const timer = setInterval(() => setNow(serverNow()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** Texts of the journal are English, whatever the page speaks: screen readers must know. */
export const english = { lang: 'en' } as const
