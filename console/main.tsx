import './style/base.css'
import './style/page.css'
import './style/map.css'
import './style/incident.css'
import './style/dialog.css'
import { render } from 'preact'
import { overHttp } from './api/others.ts'
import { App } from './parts/app.tsx'
import { createStore } from './state/board.ts'
import { openFeed } from './state/feed.ts'
import { openOrders } from './state/orders.ts'
import { followOthers } from './state/others.ts'
import { type Locale, localeOf } from './words/words.ts'

const store = createStore()
const feed = openFeed(store)
const orders = openOrders(store, feed)
followOthers(store, { ...overHttp, here: location.origin, go: (url) => location.assign(`${url}/${location.search}`) })
const languageKey = 'jidoka.language'

const remembered = storage(() => localStorage.getItem(languageKey))
const locale: Locale = remembered === 'en' || remembered === 'ja' ? remembered : localeOf(navigator.languages)

/** A browser may keep its storage closed; the board works without. */
function storage<T>(use: () => T): T | null {
  try {
    return use()
  } catch {
    return null
  }
}

/** `/#token=...`, as the terminal prints it: a fragment is never sent to anybody, and leaves the address bar before it is used. */
function tokenInAddress(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token !== null) history.replaceState(null, '', location.pathname + location.search)
  return token
}

async function open() {
  const token = tokenInAddress()
  if (token === null) return feed.start()
  const answer = await orders.signIn(token)
  if (answer.ok) return
  if (answer.status === 0) return feed.start()
  store.set({ session: 'out', sessionNote: 'sign.linkBad' })
}

const root = document.getElementById('board') as HTMLElement
render(
  <App
    store={store}
    feed={feed}
    orders={orders}
    locale={locale}
    remember={(next) => storage(() => localStorage.setItem(languageKey, next))}
  />,
  root,
)
// A link with a token may be opened in a tab that shows the board already.
addEventListener('hashchange', () => location.hash.includes('token=') && void open())
void open()
