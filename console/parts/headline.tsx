import { useEffect, useState } from 'preact/hooks'
import type { Board } from '../state/board.ts'
import { headline, type Headline as Told, type Tone } from '../state/headline.ts'
import { nameOf } from '../words/words.ts'
import { Icon, type IconName } from './icons.tsx'
import { useTime, useUi } from './ui.ts'

/** A connection that is away for less is not worth a word. */
const graceMs = 3_000
/** Read aloud at most so often. */
const announceMs = 1_200

const icons: Record<Tone, IconName> = { well: 'pass', work: 'work', warn: 'warn', bad: 'person', gone: 'cut', none: 'unknown' }
const lamps: Record<Tone, 'red' | 'yellow' | 'green' | null> = {
  well: 'green',
  work: 'yellow',
  warn: 'yellow',
  bad: 'red',
  gone: null,
  none: null,
}

/** Since when nothing was heard, epoch ms; null while what is shown is fresh. */
export const staleSince = ({ lostAt, heardAt }: Board): number | null =>
  lostAt !== null && Date.now() - lostAt > graceMs ? (heardAt ?? lostAt) : null

function useHeadline(): Told {
  const { board, say, times } = useUi()
  const now = useTime()
  return headline({ ...board, staleSince: staleSince(board), now }, say, times)
}

/** How the platform is, in one sentence. */
export function Headline() {
  const told = useHeadline()
  useTab(told.text, told.tone)
  return (
    <section class="headline" data-tone={told.tone} aria-labelledby="headline">
      <Lamps tone={told.tone} />
      <div>
        <h1 id="headline">
          {told.text}
          <span class="headline-progress">{told.progress}</span>
        </h1>
        {told.sub && (
          <p class="headline-sub" {...(told.sub.lang ? { lang: told.sub.lang } : {})}>
            {told.sub.text}
          </p>
        )}
        <OffNotice />
        <MaintenanceNotice />
      </div>
      <Announcer told={told} />
    </section>
  )
}

/** The Andon: three lamps, one lit, with its sign in it. */
function Lamps({ tone }: { tone: Tone }) {
  return (
    <div class="lamps" aria-hidden="true">
      {(['red', 'yellow', 'green'] as const).map((lamp) => (
        <span key={lamp} class="lamp" data-lamp={lamp} data-lit={lamps[tone] === lamp}>
          {lamps[tone] === lamp && <Icon name={icons[tone]} />}
        </span>
      ))}
    </div>
  )
}

function OffNotice() {
  const { board, say, times, askSwitch } = useUi()
  const now = useTime()
  const off = board.switches.filter((one) => one.off)
  const global = off.find((one) => one.scope === 'global')
  if (off.length === 0) return null
  const named = ({ scope, until }: (typeof off)[number]) =>
    until ? say('auto.partUntil', { name: nameOf(scope), time: times.at(until, now) }) : nameOf(scope)
  if (!global) {
    return (
      <p class="off-some">
        <Icon name="pause" /> {say('auto.partly', { names: off.map(named).join(', ') })}
      </p>
    )
  }
  return (
    <p class="off-notice">
      <Icon name="pause" />
      <span>
        <b>{say('head.off')}</b> {say('auto.offSince', { time: times.at(global.at, now), name: global.by, reason: global.reason })}
      </span>
      <button type="button" class="button" aria-haspopup="dialog" onClick={() => askSwitch('global')}>
        {say('auto.onDo')}
      </button>
    </p>
  )
}

/** People are at work there: nothing is mended, and nobody is called. */
function MaintenanceNotice() {
  const { board, say, times } = useUi()
  const now = useTime()
  const inForce = board.windows.filter(({ from, until }) => Date.parse(from) <= now && now < Date.parse(until))
  return inForce.map(({ id, component, from, until, reason }) => (
    <p key={id ?? `${component} ${from}`} class="off-some">
      <Icon name="pause" />{' '}
      {say('auto.maintenance', { name: component ? nameOf(component) : say('auto.everything'), time: times.at(until, now), reason })}
    </p>
  ))
}

/** Tells screen readers what changed: the sentence without its steps, and not each of a row of quick changes. */
function Announcer({ told }: { told: Told }) {
  const [spoken, setSpoken] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSpoken(told.text), announceMs)
    return () => clearTimeout(timer)
  }, [told.text])
  return (
    <>
      <p class="sr-only" role="status">
        {told.tone === 'bad' ? '' : spoken}
      </p>
      <p class="sr-only" role="alert">
        {told.tone === 'bad' ? spoken : ''}
      </p>
    </>
  )
}

/** The tab tells it, too: its title and its icon. */
function useTab(text: string, tone: Tone) {
  useEffect(() => {
    document.title = `${text} · Jidoka`
    document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.setAttribute('href', `/lamp-${tone === 'none' ? 'gone' : tone}.svg`)
  }, [text, tone])
}
