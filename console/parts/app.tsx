import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { MapSkeleton, PlatformMap } from '../map/map.tsx'
import type { Store } from '../state/board.ts'
import type { Feed } from '../state/feed.ts'
import type { Orders } from '../state/orders.ts'
import { timesIn } from '../words/time.ts'
import { type Locale, sayIn } from '../words/words.ts'
import { AutomationQuestion } from './automation.tsx'
import { Earlier } from './earlier.tsx'
import { Footer, Header } from './header.tsx'
import { Headline, staleSince } from './headline.tsx'
import { Now } from './now.tsx'
import { Sheet } from './sheet.tsx'
import { SignIn } from './sign-in.tsx'
import { ClockContext, type Ui, UiContext, useNow, useUi } from './ui.ts'

interface AppProps {
  store: Store
  feed: Feed
  orders: Orders
  locale: Locale
  remember(locale: Locale): void
}

export function App({ store, feed, orders, locale: first, remember }: AppProps) {
  const [board, setBoard] = useState(store.get)
  const [locale, setLocale] = useState(first)
  const [shown, setShown] = useState<string | null>(null)
  const [asked, setAsked] = useState<string | null>(null)
  useEffect(() => store.subscribe(() => setBoard(store.get())), [store])
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])
  const { say, times } = useMemo(() => {
    const say = sayIn(locale)
    return { say, times: timesIn(locale, say) }
  }, [locale])
  const speak = (next: Locale) => {
    setLocale(next)
    remember(next)
  }
  const ui: Ui = { board, say, times, locale, feed, orders, speak, show: setShown, askSwitch: setAsked }
  const component = board.components?.find((one) => one.id === shown)
  return (
    <UiContext.Provider value={ui}>
      <Clock>
        <Header />
        {board.session === 'out' ? <SignIn /> : <Main />}
        {board.session === 'in' && <Footer />}
        {board.session === 'in' && component && <Sheet key={component.id} component={component} onClose={() => setShown(null)} />}
        {board.session === 'in' && asked !== null && <AutomationQuestion scope={asked} onClose={() => setAsked(null)} />}
      </Clock>
    </UiContext.Provider>
  )
}

/** Ticks for those who tell the time; what is old does not grow older in front of the reader. */
function Clock({ children }: { children: ComponentChildren }) {
  const { board } = useUi()
  const now = useNow(1_000)
  return <ClockContext.Provider value={staleSince(board) ?? now}>{children}</ClockContext.Provider>
}

function Main() {
  const { board } = useUi()
  return (
    <main>
      <Headline />
      <div class="columns">
        <Now />
        {board.components === null ? <MapSkeleton /> : board.components.length > 0 && <PlatformMap />}
        <Earlier />
      </div>
    </main>
  )
}
